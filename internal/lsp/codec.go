package lsp

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const (
	maxMessage = 64 << 20 // bytes of a message: four times the largest configuration
	maxHeader  = 4096     // bytes of a header line
)

// codec frames messages by Content-Length, as the protocol's base layer says, and
// bounds what it reads.
type codec struct {
	err error // of the last read, once the session has ended
}

func (*codec) WriteObject(w io.Writer, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "Content-Length: %d\r\n\r\n%s", len(data), data)
	return err
}

func (c *codec) ReadObject(r *bufio.Reader, v any) error {
	c.err = readMessage(r, v)
	return c.err
}

func readMessage(r *bufio.Reader, v any) error {
	length := -1
	for {
		line, err := headerLine(r)
		if err != nil {
			if err == io.EOF && length >= 0 {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
		if line == "" {
			break
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return fmt.Errorf("lsp: no header field: %q", line)
		}
		if strings.EqualFold(strings.TrimSpace(name), "Content-Length") {
			n, err := strconv.ParseUint(strings.TrimSpace(value), 10, 31)
			if err != nil || n > maxMessage {
				return fmt.Errorf("lsp: Content-Length %q", value)
			}
			length = int(n)
		}
	}
	if length < 0 {
		return errors.New("lsp: a message without Content-Length")
	}
	data := make([]byte, length)
	if _, err := io.ReadFull(r, data); err != nil {
		return io.ErrUnexpectedEOF
	}
	return json.Unmarshal(data, v)
}

// headerLine reads a line up to CR LF. io.EOF: there is none.
func headerLine(r *bufio.Reader) (string, error) {
	var line []byte
	for {
		c, err := r.ReadByte()
		switch {
		case err != nil && len(line) > 0:
			return "", io.ErrUnexpectedEOF
		case err != nil:
			return "", err
		case c == '\n':
			return strings.TrimSuffix(string(line), "\r"), nil
		case len(line) == maxHeader:
			return "", errors.New("lsp: a header line is too long")
		}
		line = append(line, c)
	}
}
