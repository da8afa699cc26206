package worker

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"github.com/sluice-proxy/sluice/internal/cmdline"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/explain"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/report"
	"github.com/sluice-proxy/sluice/internal/stream"
	"github.com/sluice-proxy/sluice/internal/version"
)

const explainUsage = `Usage: sluice explain -f FILE [-f FILE]... --request FILE [options]
  -f FILE            a configuration file, or a directory of *.cfg files
  --request FILE     what the client sends; "-": the standard input
  --listener NAME    the bind line that the client connects to: its name, its
                     address, or the frontend's name; by default the first
  --src ADDR[:PORT]  the client's address; by default 192.0.2.1:1024
  --dst ADDR[:PORT]  the address it connects to; by default that of the bind line
  --response FILE    what the server answers; without one the explanation ends
                     where the server has the request
  --json             the explanation as JSON
Nothing is bound, connected, looked up or logged.
Exit status: 0 explained, 1 the configuration or the request cannot be used.
`

// explainQuestion is what "sluice explain" is asked.
type explainQuestion struct {
	files              []string
	request, response  string
	listener, src, dst string
	json               bool
}

// Explain is "sluice explain": it reads a configuration, plays one request on the
// engine that would serve it, with nobody at either end, and says why what happened
// did. It returns the exit status.
func Explain(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	fs := flag.NewFlagSet("explain", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	var q explainQuestion
	fs.Func("f", "", func(s string) error { q.files = append(q.files, s); return nil })
	fs.StringVar(&q.request, "request", "", "")
	fs.StringVar(&q.response, "response", "", "")
	fs.StringVar(&q.listener, "listener", "", "")
	fs.StringVar(&q.src, "src", "", "")
	fs.StringVar(&q.dst, "dst", "", "")
	fs.BoolVar(&q.json, "json", false, "")
	err := fs.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, explainUsage)
		return 0
	case err == nil && (len(q.files) == 0 || q.request == "" || fs.NArg() > 0):
		fmt.Fprint(stderr, explainUsage)
		return 1
	case err == nil:
		err = q.answer(stdin, stdout, stderr)
	}
	if err != nil {
		fmt.Fprintf(stderr, "sluice explain: %v\n", err)
		return 1
	}
	return 0
}

var errRefused = errors.New("the configuration cannot be used")

func (q *explainQuestion) answer(stdin io.Reader, stdout, stderr io.Writer) error {
	r := stream.Rehearsal{}
	var err error
	if r.Request, err = readMessage(q.request, stdin); err != nil {
		return err
	}
	if q.response != "" {
		if r.Response, err = readMessage(q.response, stdin); err != nil {
			return err
		}
	}
	s, err := rehearsing(q.files, stderr)
	if err != nil {
		return err
	}
	if r.Listener, err = findListener(s.run.Listeners, q.listener); err != nil {
		return err
	}
	if r.Source, r.Dest, err = q.ends(r.Listener); err != nil {
		return err
	}
	if r.Listener.Frontend.HTTP {
		r.Request = endHead(r.Request)
	}
	o := s.engineOptions()
	o.Hub, o.Events = nil, nil
	if s.engine, err = stream.New(o); err != nil {
		return err
	}
	told, err := s.engine.Rehearse(r)
	if err != nil {
		return err
	}
	s.nameServer(&told.Outcome)
	text := told.Text()
	if q.json {
		text = told.JSON()
	}
	_, err = io.WriteString(stdout, text)
	return err
}

// rehearsing loads a configuration as a worker would, and serves nothing.
func rehearsing(files []string, stderr io.Writer) (*service, error) {
	rep := report.New(version.String)
	rep.Out = stderr
	l := &load{o: &cmdline.Options{Files: files, Check: true}, report: rep}
	// Where a server is does not decide who gets a request, and must not keep an
	// explanation from being made elsewhere.
	l.lookUp = func(_ string, family config.AF) (netip.Addr, error) {
		if family == config.AFIPv6 {
			return netip.IPv6Unspecified(), nil
		}
		return netip.IPv4Unspecified(), nil
	}
	read, ok := readFiles(l.o, rep)
	if !ok || !l.discover(read) {
		return nil, errRefused
	}
	rep.Quiet = l.result.Quiet
	if !l.parse(read) {
		return nil, errRefused
	}
	return &service{load: l, run: l.run, report: rep}, nil
}

// nameServer gives a server that is configured by name this name, in place of an
// address that was not looked up.
func (s *service) nameServer(o *explain.Outcome) {
	for _, be := range s.run.Backends {
		if be.Name != o.Backend {
			continue
		}
		for _, srv := range be.Spec.Servers {
			if srv.Name == o.Server && srv.Host != "" {
				o.Address = srv.Host + ":" + strconv.Itoa(srv.Address.Port)
			}
		}
	}
}

// maxMessage bounds the messages that are read.
const maxMessage = 64 << 20

func readMessage(name string, stdin io.Reader) ([]byte, error) {
	from := stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		from = f
	}
	b, err := io.ReadAll(io.LimitReader(from, maxMessage+1))
	if err == nil && len(b) > maxMessage {
		err = fmt.Errorf("%s is longer than %d bytes", name, maxMessage)
	}
	return b, err
}

// endHead adds the empty line that ends a head to a text that lacks it: in a file
// that was typed it is easily forgotten.
func endHead(b []byte) []byte {
	text := strings.ReplaceAll(string(b), "\r\n", "\n")
	if strings.Contains(text, "\n\n") || !strings.Contains(text, " HTTP/") {
		return b
	}
	if !strings.HasSuffix(text, "\n") {
		b = append(b, "\r\n"...)
	}
	return append(b, "\r\n"...)
}

// findListener finds a listener by its name, its address or its frontend's name.
func findListener(all []*proxy.Listener, name string) (*proxy.Listener, error) {
	if len(all) == 0 {
		return nil, errors.New("the configuration has no listener")
	}
	if name == "" {
		return all[0], nil
	}
	known := ""
	for _, ln := range all {
		at := ln.Bind.Address.String()
		if name == ln.Name || name == at || name == ln.Frontend.Name || name == ln.Bind.Text {
			return ln, nil
		}
		known += fmt.Sprintf("\n  %s: %s %s", ln.Frontend.Name, at, ln.Name)
	}
	return nil, fmt.Errorf("no listener '%s'; there are:%s", name, known)
}

// ends are the addresses of the connection.
func (q *explainQuestion) ends(ln *proxy.Listener) (src, dst netip.AddrPort, err error) {
	a := &ln.Bind.Address
	local := a.Family == config.AFUnix || a.Family == config.AFAbns
	if q.src != "" || !local {
		if src, err = endpoint(cmp.Or(q.src, "192.0.2.1"), 1024); err != nil {
			return src, dst, fmt.Errorf("--src: %v", err)
		}
	}
	if q.dst != "" {
		if dst, err = endpoint(q.dst, a.Port); err != nil {
			err = fmt.Errorf("--dst: %v", err)
		}
		return src, dst, err
	}
	if local {
		return src, dst, nil
	}
	ip := a.IP
	if !ip.IsValid() || ip.IsUnspecified() {
		if ip = netip.AddrFrom4([4]byte{127, 0, 0, 1}); src.Addr().Is6() {
			ip = netip.IPv6Loopback()
		}
	}
	return src, netip.AddrPortFrom(ip, uint16(a.Port)), nil
}

// endpoint reads an address, with or without a port.
func endpoint(s string, port int) (netip.AddrPort, error) {
	if at, err := netip.ParseAddrPort(s); err == nil {
		return at, nil
	}
	ip, err := netip.ParseAddr(strings.Trim(s, "[]"))
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("'%s' is no address", s)
	}
	return netip.AddrPortFrom(ip, uint16(port)), nil
}
