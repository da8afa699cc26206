package lsp

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/features"
	"github.com/sluice-proxy/sluice/internal/rule"
	"github.com/sluice-proxy/sluice/internal/version"
)

// maxDiagnostics is how many are sent of a document: more help nobody.
const maxDiagnostics = 500

// examine looks for faults and publishes them, unless somebody does already, who
// will then look again. The caller holds mu.
func (s *server) examine(d *document) {
	if d.busy {
		d.stale = true
		return
	}
	d.busy = true
	s.faults.Go(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		for {
			d.stale = false
			version, text := d.version, d.text
			s.mu.Unlock()
			list := faults(d.uri, text)
			s.mu.Lock()
			if !d.stale {
				d.busy = false
				if s.documents[d.uri] == d {
					s.publish(d.uri, version, locate(newDocument(d.uri, version, text), list))
				}
				return
			}
		}
	})
}

func (s *server) publish(uri string, version int, list []diagnostic) {
	if list == nil {
		list = []diagnostic{}
	}
	// An editor that has gone needs no diagnostics.
	_ = s.conn.Notify(context.Background(), "textDocument/publishDiagnostics", publishParams{uri, version, list})
}

// faults parses a text as "-c" would, but for what depends on the machine: names
// are not looked up.
func faults(uri, text string) []config.Diagnostic {
	path := "document"
	if u, err := url.Parse(uri); err == nil && u.Scheme == "file" {
		path = u.Path
	}
	env := config.NewEnv(os.Environ())
	env.Predefine(version.String, "local")
	spec, diag := config.Parse([]config.File{{Name: path, Data: []byte(text)}}, config.Options{
		Tables: features.Tables(),
		Env:    env,
		ReadFile: func(name string) ([]byte, error) {
			if !filepath.IsAbs(name) {
				name = filepath.Join(filepath.Dir(path), name)
			}
			if st, err := os.Stat(name); err == nil && !st.Mode().IsRegular() {
				return nil, os.ErrInvalid // nothing that could block, or have no end
			}
			return config.ReadFile(name)
		},
	})
	if !diag.Faulty() {
		rule.Check(spec, diag)
	}
	return diag.List
}

// locate makes diagnostics of messages; those that close a list of errors say
// nothing to an editor.
func locate(d *document, list []config.Diagnostic) []diagnostic {
	var out []diagnostic
	for _, m := range list {
		if len(out) == maxDiagnostics {
			break
		}
		if !m.Pos.IsValid() && strings.HasPrefix(m.Text, "Error(s) found in configuration file") {
			continue
		}
		line := max(m.Pos.Line-1, 0)
		text := d.line(line)
		from := len(text) - len(strings.TrimLeft(text, " \t"))
		out = append(out, diagnostic{
			Range:    textRange{d.at(line, from), d.at(line, len(strings.TrimRight(text, " \t")))},
			Severity: severity(m), Source: "sluice", Message: strings.TrimSpace(m.Text),
		})
	}
	return out
}

func severity(m config.Diagnostic) int {
	switch {
	case m.Level == config.Alert && !m.Mild:
		return severityError
	case m.Level == config.Alert, m.Level == config.Warning:
		return severityWarning
	case m.Level == config.Notice:
		return severityInformation
	}
	return severityHint
}
