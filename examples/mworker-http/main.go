// Command mworker-http answers every request with the content of a file. SIGUSR2
// reloads the file; no reload, crash or missing file loses a request.
//
//	mworker-http 127.0.0.1:8080 message.txt
package main

import (
	"context"
	"log"
	"net/http"
	"os"

	"github.com/sluice-proxy/sluice/mworker"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: mworker-http <address> <file>")
	}
	w, err := mworker.Inherited()
	if err != nil {
		log.Fatal(err)
	}
	if w == nil { // the master
		m, err := mworker.NewMaster(mworker.Options{Snapshot: mworker.ReadFiles(os.Args[2])})
		if err != nil {
			log.Fatal(err)
		}
		os.Exit(m.Run(context.Background()))
	}
	message := w.Files()[0].Data
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Write(message)
	})}
	log.Fatal(w.Run(server, os.Args[1]))
}
