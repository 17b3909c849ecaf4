// usage: java Ok HOST PORT -- OkHttp with its defaults. REPEAT: so many requests.
import okhttp3.OkHttpClient;
import okhttp3.Request;

public class Ok {
    public static void main(String[] a) {
        String url = a[1].equals("443") ? "https://" + a[0] + "/" : "http://" + a[0] + ":" + a[1] + "/";
        String times = System.getenv("REPEAT");
        OkHttpClient client = new OkHttpClient();
        try {
            for (int n = times == null ? 1 : Integer.parseInt(times); n > 0; n--) {
                System.out.println(client.newCall(new Request.Builder().url(url).build()).execute().body().string());
            }
            System.exit(0);
        } catch (Throwable thrown) {
            for (Throwable x = thrown; x != null; x = x.getCause()) System.out.println(x);
            for (Throwable x : thrown.getSuppressed()) System.out.println("suppressed: " + x);
            System.exit(1);
        }
    }
}
