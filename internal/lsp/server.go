package lsp

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/sourcegraph/jsonrpc2"

	"github.com/sluice-proxy/sluice/internal/version"
)

// server is one session with an editor.
type server struct {
	conn *jsonrpc2.Conn

	mu        sync.Mutex
	documents map[string]*document
	down      bool // shutdown was asked for
	left      bool // exit was said
	faults    sync.WaitGroup
}

// Main is "sluice lsp". The status is 0 when the editor said shutdown and exit,
// else 1.
func Main(args []string) int {
	if len(args) > 0 {
		fmt.Fprintln(os.Stderr, "Usage: sluice lsp\nSpeaks the Language Server Protocol over standard input and output.")
		return 1
	}
	return serve(os.Stdin, os.Stdout, os.Stderr)
}

// stdio joins both directions, which stay open when a session ends.
type stdio struct {
	io.Reader
	io.Writer
}

func (stdio) Close() error { return nil }

// serve holds one session; what breaks it is told to errors.
func serve(in io.Reader, out, errors io.Writer) int {
	s := &server{documents: map[string]*document{}}
	ready := make(chan struct{})
	handler := jsonrpc2.HandlerWithError(func(ctx context.Context, c *jsonrpc2.Conn, r *jsonrpc2.Request) (any, error) {
		<-ready
		return s.handle(c, r)
	})
	frames := &codec{}
	s.conn = jsonrpc2.NewConn(context.Background(), jsonrpc2.NewBufferedStream(stdio{in, out}, frames), handler, jsonrpc2.SetLogger(silent{}))
	close(ready)
	<-s.conn.DisconnectNotify()
	s.mu.Lock()
	down, left := s.down, s.left
	s.mu.Unlock()
	s.faults.Wait()
	switch {
	case left && down:
		return 0
	case !left:
		fmt.Fprintf(errors, "lsp: the session broke: %v\n", frames.err)
	}
	return 1
}

// silent keeps jsonrpc2 from logging: how a session broke is told once.
type silent struct{}

func (silent) Printf(string, ...any) {}

// handle answers one message. Messages are handled one after the other.
func (s *server) handle(c *jsonrpc2.Conn, r *jsonrpc2.Request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down && r.Method != "exit" {
		return nil, &jsonrpc2.Error{Code: jsonrpc2.CodeInvalidRequest, Message: "after shutdown"}
	}
	switch r.Method {
	case "initialize":
		return map[string]any{
			"serverInfo": map[string]string{"name": "sluice", "version": version.String},
			"capabilities": map[string]any{
				"positionEncoding":       "utf-16",
				"textDocumentSync":       map[string]any{"openClose": true, "change": 1, "save": true},
				"completionProvider":     map[string]any{"triggerCharacters": []string{" ", "[", ",", "{"}},
				"hoverProvider":          true,
				"definitionProvider":     true,
				"documentSymbolProvider": true,
			},
		}, nil
	case "shutdown":
		s.down = true
		return nil, nil
	case "exit":
		s.left = true
		c.Close()
		return nil, nil
	case "textDocument/didOpen":
		var p openParams
		if err := read(r, &p); err != nil {
			return nil, err
		}
		d := newDocument(p.TextDocument.URI, p.TextDocument.Version, p.TextDocument.Text)
		s.documents[d.uri] = d
		s.examine(d)
	case "textDocument/didChange":
		var p changeParams
		if err := read(r, &p); err != nil {
			return nil, err
		}
		if d := s.documents[p.TextDocument.URI]; d != nil && len(p.ContentChanges) > 0 {
			d.set(p.TextDocument.Version, p.ContentChanges[len(p.ContentChanges)-1].Text)
			s.examine(d)
		}
	case "textDocument/didSave":
		var p documentParams
		if err := read(r, &p); err != nil {
			return nil, err
		}
		if d := s.documents[p.TextDocument.URI]; d != nil {
			s.examine(d) // files that it names may have changed
		}
	case "textDocument/didClose":
		var p documentParams
		if err := read(r, &p); err != nil {
			return nil, err
		}
		if s.documents[p.TextDocument.URI] != nil {
			delete(s.documents, p.TextDocument.URI)
			s.publish(p.TextDocument.URI, 0, nil)
		}
	case "textDocument/completion", "textDocument/hover", "textDocument/definition":
		var p positionParams
		if err := read(r, &p); err != nil {
			return nil, err
		}
		d := s.documents[p.TextDocument.URI]
		if d == nil || p.Position.Line < 0 || p.Position.Character < 0 {
			return nil, nil
		}
		switch r.Method {
		case "textDocument/completion":
			return complete(d, p.Position), nil
		case "textDocument/hover":
			return orNull(describe(d, p.Position)), nil
		}
		return orNull(define(d, p.Position)), nil
	case "textDocument/documentSymbol":
		var p documentParams
		if err := read(r, &p); err != nil {
			return nil, err
		}
		if d := s.documents[p.TextDocument.URI]; d != nil {
			return outline(d), nil
		}
		return []symbol{}, nil
	default:
		if !r.Notif {
			return nil, &jsonrpc2.Error{Code: jsonrpc2.CodeMethodNotFound, Message: "no method " + r.Method}
		}
	}
	return nil, nil
}

// orNull makes a nil pointer a JSON null.
func orNull[T any](p *T) any {
	if p == nil {
		return nil
	}
	return p
}

func read(r *jsonrpc2.Request, v any) error {
	if r.Params == nil || json.Unmarshal(*r.Params, v) != nil {
		return &jsonrpc2.Error{Code: jsonrpc2.CodeInvalidParams, Message: "parameters of " + r.Method}
	}
	return nil
}
