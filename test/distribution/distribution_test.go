package distribution

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// choices asks a program where every key of every site goes.
func choices(t *testing.T, program string, list []site) [][]string {
	dir := t.TempDir()
	var b strings.Builder
	admin := filepath.Join(dir, "admin")
	fmt.Fprintf(&b, "global\n    nbthread 1\n    stats socket %s level admin\n", admin)
	b.WriteString("defaults\n    mode http\n    timeout connect 5s\n    timeout client 5s\n    timeout server 5s\n")
	for i, s := range list {
		fmt.Fprintf(&b, "listen l%d\n    bind %s\n%s", i, filepath.Join(dir, fmt.Sprintf("%d.sock", i)), s.text)
		if s.way.source {
			fmt.Fprintf(&b, "    bind %s accept-proxy\n", filepath.Join(dir, fmt.Sprintf("%d.proxy", i)))
		}
	}
	path := filepath.Join(dir, "d.cfg")
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-db", "-f", path)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		cmd.Process.Kill()
		cmd.Wait()
	}()
	last := filepath.Join(dir, fmt.Sprintf("%d.sock", len(list)-1))
	for end := time.Now().Add(15 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if c, err := net.Dial("unix", last); err == nil {
			c.Close()
			break
		}
		if time.Now().After(end) {
			cmd.Process.Kill()
			cmd.Wait()
			t.Fatalf("%s does not listen:\n%s", program, &out)
		}
	}
	for i, s := range list {
		for _, text := range changes[s.farm] {
			command(t, admin, fmt.Sprintf(text, fmt.Sprintf("l%d", i)))
		}
	}
	got := make([][]string, len(list))
	for i, s := range list {
		got[i] = s.ask(t, filepath.Join(dir, fmt.Sprint(i)))
	}
	return got
}

func command(t *testing.T, path, text string) {
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintln(c, text)
	io.Copy(io.Discard, c)
}

// present is the first packet of a remote desktop client, answered by the server.
func present(path, user string) string {
	c, err := net.Dial("unix", path)
	if err != nil {
		return err.Error()
	}
	defer c.Close()
	line := "Cookie: mstshash=" + user + "\r\n"
	fmt.Fprintf(c, "\x03\x00\x00%c%c\xe0\x00\x00\x00\x00\x00%s", 11+len(line), 6+len(line), line)
	answer, err := io.ReadAll(c)
	if err != nil {
		return err.Error()
	}
	return string(answer)
}

// ask sends every key of a site, on one connection, or each on its own when the
// key is the client's address: as the PROXY protocol gives it.
func (s *site) ask(t *testing.T, path string) (got []string) {
	key := ""
	tr := &http.Transport{DisableKeepAlives: s.way.source, DialContext: func(context.Context, string, string) (net.Conn, error) {
		if !s.way.source {
			return net.Dial("unix", path+".sock")
		}
		c, err := net.Dial("unix", path+".proxy")
		if err == nil {
			fmt.Fprintf(c, "PROXY TCP4 %s 127.0.0.1 1000 80\r\n", key)
		}
		return c, err
	}}
	defer tr.CloseIdleConnections()
	for _, key = range s.way.keys {
		if s.way.desktop {
			got = append(got, present(path+".sock", key))
			continue
		}
		r, err := http.NewRequest("GET", "http://h/", nil)
		if err != nil {
			t.Fatal(err)
		}
		if !s.way.source {
			s.way.send(r, key)
		}
		resp, err := tr.RoundTrip(r)
		if err != nil {
			got = append(got, err.Error())
			continue
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		got = append(got, string(body))
	}
	return got
}

func reference(t *testing.T) (program string, recent bool) {
	if p := os.Getenv("REF_HAPROXY"); p != "" {
		return p, true
	}
	for _, p := range []string{"haproxy", "/usr/sbin/haproxy"} {
		if p, err := exec.LookPath(p); err == nil {
			return p, false
		}
	}
	t.Fatal("no haproxy to compare with: make tools installs it")
	return "", false
}

// Every key goes to the same server through both.
func TestSameServer(t *testing.T) {
	ref, recent := reference(t)
	list := sites(t, recent)
	theirs, ours := choices(t, ref, list), choices(t, harness.Binary(t), list)
	n, wrong := 0, 0
	for i, s := range list {
		spread, theirSpread := map[string]int{}, map[string]int{}
		var bad []string
		for k, key := range s.way.keys {
			n++
			spread[ours[i][k]]++
			theirSpread[theirs[i][k]]++
			if theirs[i][k] != ours[i][k] {
				bad = append(bad, fmt.Sprintf("%q: %s, here %s", key, theirs[i][k], ours[i][k]))
			}
		}
		if wrong += len(bad); len(bad) > 0 {
			t.Errorf("%s: %d of %d keys go elsewhere: %s", s.name, len(bad), len(s.way.keys), strings.Join(bad[:min(4, len(bad))], "; "))
		}
		// Unmixed hashes of neighbouring addresses all lie next to one point.
		if len(spread) < 2 && len(theirSpread) > 1 {
			t.Errorf("%s: all keys go to %v", s.name, spread)
		}
	}
	t.Logf("%d keys on %d listeners, %d differ", n, len(list), wrong)
}
