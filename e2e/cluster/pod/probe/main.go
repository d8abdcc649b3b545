// Probe is what the checks of the local cluster run inside a pod:
//
//	probe resolve NAME        prints the addresses of a name
//	probe get URL             prints the status and the body
//	probe connect HOST:PORT   succeeds when a TCP connection opens
//	probe serve ADDRESS       answers every HTTP request with "served"
//	probe write PATH          tries to create a file
//	probe identity            prints user, group, capabilities, no-new-privileges and seccomp mode
package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

func main() {
	command, argument := "", ""
	if len(os.Args) > 1 {
		command = os.Args[1]
	}
	if len(os.Args) > 2 {
		argument = os.Args[2]
	}
	if err := run(command, argument); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(command, argument string) error {
	deadline, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	switch command {
	case "resolve":
		addresses, err := net.DefaultResolver.LookupHost(deadline, argument)
		fmt.Println(strings.Join(addresses, "\n"))
		return err
	case "get":
		return get(deadline, argument)
	case "connect":
		connection, err := new(net.Dialer).DialContext(deadline, "tcp", argument)
		if err != nil {
			return err
		}
		fmt.Println("connected to", connection.RemoteAddr())
		return connection.Close()
	case "serve":
		return http.ListenAndServe(argument, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			fmt.Printf("%s %s\n", r.Method, r.URL.Path)
			fmt.Fprintln(w, "served")
		}))
	case "write":
		return os.WriteFile(argument, []byte("written\n"), 0o600)
	case "identity":
		return identity()
	default:
		return fmt.Errorf("there is no command %q; the commands are resolve, get, connect, serve, write, identity", command)
	}
}

// get does not verify certificates: what it proves is that the way to the server is open.
func get(deadline context.Context, url string) error {
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	request, err := http.NewRequestWithContext(deadline, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	fmt.Println(response.Status)
	_, err = io.Copy(os.Stdout, response.Body)
	return err
}

func identity() error {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(status)) {
		for _, field := range []string{"Uid:", "Gid:", "CapEff:", "CapBnd:", "NoNewPrivs:", "Seccomp:"} {
			if strings.HasPrefix(line, field) {
				fmt.Println(strings.Join(strings.Fields(line)[:2], " "))
			}
		}
	}
	return nil
}
