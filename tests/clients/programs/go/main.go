// usage: goclient http|dial HOST PORT
//
// net/http and net.Dial with their defaults. REPEAT: so many requests.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
)

func get(host, port string) ([]byte, error) {
	scheme := "http"
	if port == "443" {
		scheme = "https"
	}
	response, err := http.Get(scheme + "://" + net.JoinHostPort(host, port) + "/")
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	return io.ReadAll(response.Body)
}

func dial(host, port string) ([]byte, error) {
	connection, err := net.Dial("tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	fmt.Fprintf(connection, "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", host)
	return io.ReadAll(connection)
}

func main() {
	ask := map[string]func(string, string) ([]byte, error){"http": get, "dial": dial}[os.Args[1]]
	times, _ := strconv.Atoi(os.Getenv("REPEAT"))
	for n := 0; n == 0 || n < times; n++ {
		body, err := ask(os.Args[2], os.Args[3])
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(string(body))
	}
}
