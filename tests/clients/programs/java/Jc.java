// usage: java Jc httpclient|urlconnection|socket HOST PORT -- each with its defaults. REPEAT: so many requests.
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

public class Jc {
    static HttpClient client;

    static String ask(String how, String host, int port) throws Exception {
        URI uri = URI.create(port == 443 ? "https://" + host + "/" : "http://" + host + ":" + port + "/");
        switch (how) {
            case "httpclient":
                if (client == null) client = HttpClient.newHttpClient();
                return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString()).body();
            case "urlconnection":
                return new String(uri.toURL().openStream().readAllBytes());
            default:
                try (Socket socket = new Socket(host, port)) {
                    String request = "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
                    socket.getOutputStream().write(request.getBytes());
                    return new String(socket.getInputStream().readAllBytes());
                }
        }
    }

    public static void main(String[] a) {
        String times = System.getenv("REPEAT");
        try {
            for (int n = times == null ? 1 : Integer.parseInt(times); n > 0; n--) {
                System.out.println(ask(a[0], a[1], Integer.parseInt(a[2])));
            }
            System.exit(0);
        } catch (Throwable thrown) {
            for (Throwable x = thrown; x != null; x = x.getCause()) System.out.println(x);
            System.exit(1);
        }
    }
}
