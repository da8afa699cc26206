package test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// "sluice lsp" through pipes, as an editor starts it.
func TestLanguageServer(t *testing.T) {
	cmd := exec.Command(harness.Binary(t), "lsp")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() })
	defer timer.Stop()
	send := func(text string) { fmt.Fprintf(in, "Content-Length: %d\r\n\r\n%s", len(text), text) }
	reader := bufio.NewReader(out)
	receive := func() string {
		t.Helper()
		var n int
		for {
			line, err := reader.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			if line == "\r\n" {
				break
			}
			fmt.Sscanf(line, "Content-Length: %d", &n)
		}
		b := make([]byte, n)
		if _, err := io.ReadFull(reader, b); err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	expect := func(pieces ...string) {
		t.Helper()
		m := receive()
		for _, p := range pieces {
			if !strings.Contains(m, p) {
				t.Errorf("%.500s without %q", m, p)
			}
		}
	}
	document, _ := json.Marshal("frontend web\n    mode htpp\n    option \n")
	send(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}`)
	expect(`"id":1`, `"hoverProvider":true`)
	send(`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///x/haproxy.cfg","version":1,"text":` + string(document) + `}}}`)
	expect(`"textDocument/publishDiagnostics"`, `htpp`, `"line":1`)
	where := func(line, character int) string {
		return fmt.Sprintf(`"params":{"textDocument":{"uri":"file:///x/haproxy.cfg"},"position":{"line":%d,"character":%d}}}`, line, character)
	}
	send(`{"jsonrpc":"2.0","id":2,"method":"textDocument/completion",` + where(2, 11))
	expect(`"id":2`, `"label":"httplog"`)
	send(`{"jsonrpc":"2.0","id":3,"method":"textDocument/hover",` + where(1, 6))
	expect(`"id":3`, `mode {`)
	send(`{"jsonrpc":"2.0","id":4,"method":"shutdown"}`)
	expect(`"id":4`)
	send(`{"jsonrpc":"2.0","method":"exit"}`)
	if err := cmd.Wait(); err != nil {
		t.Errorf("after exit: %v", err)
	}
}
