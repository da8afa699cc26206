package mworker_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"syscall"

	"github.com/sluice-proxy/sluice/mworker"
)

// The worker's side of a program whose configuration is a greeting.
func ExampleInherited() {
	w, err := mworker.Inherited()
	if err != nil {
		log.Fatal(err)
	}
	if w == nil {
		fmt.Println("this process is no worker: it may become the master")
		return
	}
	greeting := w.Files()[0].Data
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Write(greeting)
	})}
	log.Fatal(w.Run(server, ":8080"))
	// Output:
	// this process is no worker: it may become the master
}

// A master, a reload that works, one that does not, and the end.
func ExampleMaster() {
	configuration, problem := "version good", error(nil)
	ready := make(chan bool, 1)
	m, err := mworker.NewMaster(mworker.Options{
		Snapshot: func(context.Context) ([]mworker.File, error) {
			return []mworker.File{{Name: "server.conf", Data: []byte(configuration)}}, problem
		},
		Observer: func(e mworker.Event) {
			switch e.Kind {
			case mworker.EventReady:
				fmt.Println("generation", e.Worker.Generation, "serves")
				ready <- true
			case mworker.EventStopping:
				fmt.Println("stopping after", e.Text)
			}
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	ended := make(chan int)
	go func() { ended <- m.Run(context.Background()) }()
	<-ready

	fmt.Println("reloaded:", (<-m.Reload(mworker.ReloadSoft)).OK)
	problem = errors.New("the disk is on fire")
	failed := <-m.Reload(mworker.ReloadSoft)
	fmt.Println("reloaded:", failed.OK, "-", failed.Reason)
	fmt.Println("reloads:", m.Info().Reloads, "failed:", m.Info().FailedReloads)

	m.Signal(syscall.SIGTERM)
	fmt.Println("exit status", <-ended)
	// Output:
	// generation 1 serves
	// generation 2 serves
	// reloaded: true
	// reloaded: false - the disk is on fire
	// reloads: 1 failed: 1
	// stopping after TERM
	// exit status 0
}

func ExampleReadFiles() {
	dir, err := os.MkdirTemp("", "mworker")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "server.conf")
	if err := os.WriteFile(name, []byte("greeting hello\n"), 0o600); err != nil {
		log.Fatal(err)
	}
	files, err := mworker.ReadFiles(name)(context.Background())
	fmt.Printf("%s %v\n", files[0].Data, err)
	_, err = mworker.ReadFiles(name, filepath.Join(dir, "other.conf"))(context.Background())
	fmt.Println(errors.Is(err, os.ErrNotExist))
	// Output:
	// greeting hello
	//  <nil>
	// true
}
