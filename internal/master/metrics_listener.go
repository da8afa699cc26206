package master

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Limits of "-S <address>,metrics".
const (
	// maxScrapers is how many connections are served at once; others wait.
	maxScrapers = 16
	// metricsEvery bounds how often workers are asked: who comes sooner gets the page
	// of who came before.
	metricsEvery = 100 * time.Millisecond
	// scrapeTime is how long a request may take to come, and the answer to go.
	scrapeTime = 10 * time.Second
	// scraperIdle is longer than scrapes are apart as a rule.
	scraperIdle     = 2 * time.Minute
	maxScrapeHeader = 8 << 10
)

// metricsServer answers GET /metrics, and nothing else.
func metricsServer(page func() string) *http.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		text := page()
		w.Header().Set("Content-Type", metricsType)
		w.Header().Set("Content-Length", strconv.Itoa(len(text)))
		io.WriteString(w, text) // how a client left is nobody's concern
	})
	return &http.Server{
		Handler:                      http.MaxBytesHandler(mux, 0),
		ReadTimeout:                  scrapeTime,
		WriteTimeout:                 scrapeTime,
		IdleTimeout:                  scraperIdle,
		MaxHeaderBytes:               maxScrapeHeader,
		ErrorLog:                     log.New(io.Discard, "", 0),
		DisableGeneralOptionsHandler: true,
	}
}

// metricsPage makes the page, one at a time.
func (m *master) metricsPage() func() string {
	var mu sync.Mutex
	var at time.Time
	var page string
	return func() string {
		mu.Lock()
		defer mu.Unlock()
		if at.IsZero() || time.Since(at) >= metricsEvery {
			page = metrics(m.procJSON(), m.started, m.loads.crashed())
			at = time.Now()
		}
		return page
	}
}

// scrapers are the connections of a listener for metrics, not too many at once.
type scrapers struct {
	net.Listener
	free   chan struct{} // holds one for each connection that is served
	closed chan struct{}
	once   sync.Once
}

func newScrapers(l net.Listener, most int) *scrapers {
	return &scrapers{Listener: l, free: make(chan struct{}, most), closed: make(chan struct{})}
}

// Accept waits until there is a place before it takes a connection.
func (s *scrapers) Accept() (net.Conn, error) {
	select {
	case s.free <- struct{}{}:
	case <-s.closed:
		return nil, net.ErrClosed
	}
	c, err := s.Listener.Accept()
	if err != nil {
		<-s.free
		return nil, err
	}
	return &scraper{Conn: c, leave: func() { <-s.free }}, nil
}

// Close also ends an Accept that waits for a place.
func (s *scrapers) Close() error {
	s.once.Do(func() { close(s.closed) })
	return s.Listener.Close()
}

type scraper struct {
	net.Conn
	once  sync.Once
	leave func()
}

func (c *scraper) Close() error {
	defer c.once.Do(c.leave)
	return c.Conn.Close()
}

// noCLI refuses what has no meaning on a listener for metrics.
func noCLI(spec, level string) error {
	if level != "" {
		return fmt.Errorf("'%s' : 'level' has no meaning with 'metrics', which is no CLI.\nCan't create the master's CLI.", spec)
	}
	return nil
}
