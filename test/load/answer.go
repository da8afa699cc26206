package load

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/sluice-proxy/sluice/test/payload"
)

// An answer as far as the client cares; head keeps the text for messages.
type answer struct {
	status           int
	head             string
	origin, id, hash string
	close            bool
	body             payload.Checker
}

func (a *answer) String() string {
	s := a.head
	if len(s) > 200 {
		s = s[:200] + "…"
	}
	return strconv.Quote(s)
}

type syntaxError string

func (e syntaxError) Error() string { return string(e) }

const maxHead = 64 << 10

// readAnswer reads the final answer; the body is compared as it passes. An EOF
// within the answer is io.ErrUnexpectedEOF, before its first byte io.EOF.
func readAnswer(br *bufio.Reader, q *request) (*answer, error) {
	for {
		a := &answer{}
		a.body.Seed = q.seed
		length, chunked, err := a.readHead(br)
		if err != nil {
			return nil, err
		}
		if a.status/100 == 1 {
			continue
		}
		switch {
		case q.method == "HEAD" || a.status == 204 || a.status == 304:
		case chunked:
			err = readChunks(br, &a.body)
		case length >= 0:
			_, err = io.CopyN(&a.body, br, length)
		default:
			a.close = true
			_, err = io.Copy(&a.body, br)
		}
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			err = fmt.Errorf("after %d bytes of body: %w", a.body.N, err)
		}
		return a, err
	}
}

func (a *answer) readHead(br *bufio.Reader) (length int64, chunked bool, err error) {
	length = -1
	for n := 0; ; n++ {
		line, err := br.ReadString('\n')
		if err != nil {
			if err == io.EOF && a.head+line != "" {
				err = io.ErrUnexpectedEOF
			}
			return 0, false, err
		}
		a.head += line
		line = strings.TrimRight(line, "\r\n")
		if len(a.head) > maxHead {
			return 0, false, syntaxError("endless head")
		}
		if n == 0 {
			if len(line) < 12 || !strings.HasPrefix(line, "HTTP/1.") {
				return 0, false, syntaxError(fmt.Sprintf("start line %.80q", line))
			}
			if a.status, err = strconv.Atoi(line[9:12]); err != nil {
				return 0, false, syntaxError(fmt.Sprintf("start line %.80q", line))
			}
			a.close = strings.HasPrefix(line, "HTTP/1.0")
			continue
		}
		if line == "" {
			return length, chunked, nil
		}
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch strings.ToLower(name) {
		case "content-length":
			if length, err = strconv.ParseInt(value, 10, 64); err != nil || length < 0 {
				return 0, false, syntaxError(fmt.Sprintf("field %.80q", line))
			}
		case "transfer-encoding":
			chunked = strings.EqualFold(value, "chunked")
		case "connection":
			switch strings.ToLower(value) {
			case "close":
				a.close = true
			case "keep-alive":
				a.close = false
			}
		case "x-origin":
			a.origin = value
		case "x-id":
			a.id = value
		case "x-request-hash":
			a.hash = value
		}
	}
}

func readChunks(br *bufio.Reader, w io.Writer) error {
	for {
		line, err := br.ReadString('\n')
		if err != nil {
			return err
		}
		size, _, _ := strings.Cut(strings.TrimRight(line, "\r\n"), ";")
		n, err := strconv.ParseInt(size, 16, 63)
		if err != nil {
			return syntaxError(fmt.Sprintf("chunk size %.40q", line))
		}
		if n == 0 {
			for {
				if line, err = br.ReadString('\n'); err != nil || line == "\r\n" {
					return err
				}
			}
		}
		if _, err = io.CopyN(w, br, n); err != nil {
			return err
		}
		var crlf [2]byte
		if _, err = io.ReadFull(br, crlf[:]); err != nil {
			return err
		}
		if string(crlf[:]) != "\r\n" {
			return syntaxError("no CRLF after a chunk")
		}
	}
}
