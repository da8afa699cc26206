package logs

import "bytes"

const badRequest = "<BADREQ>"

// appendRequestPart appends a request line or a part of it. Parts are found in
// the remembered line, which may have been cut: a URI without a version after
// it reads as HTTP/0.9.
func appendRequestPart(dst, line []byte, part code, f flags) []byte {
	dst = quote(dst, f)
	if len(line) == 0 {
		return quote(append(dst, badRequest...), f)
	}
	b := line
	if part != codeRequest {
		var ok bool
		if b, ok = requestPart(line, part); !ok {
			return quote(append(dst, b...), f)
		}
	}
	return quote(appendEncoded(dst, b, &requestSafe, f), f)
}

var (
	badRequestBytes = []byte(badRequest)
	oldVersion      = []byte("HTTP/0.9")
)

// requestPart gives the bytes of a part, or false and what to print instead.
func requestPart(line []byte, part code) ([]byte, bool) {
	method, rest, ok := bytes.Cut(line, []byte{' '})
	if part == codeMethod {
		return method, true
	}
	if !ok {
		return badRequestBytes, false
	}
	uri, version, ok := bytes.Cut(rest, []byte{' '})
	path, _, _ := bytes.Cut(uri, []byte{'?'})
	switch part {
	case codeURI:
		return uri, true
	case codeURIPath:
		return path, true
	case codeQuery:
		return uri[len(path):], true
	case codePath:
		return pathOnly(path), true
	}
	if !ok {
		return oldVersion, false
	}
	return version, true
}

// pathOnly removes scheme and authority: what is left begins at the first
// slash after them, and is nothing for "*" or an authority alone.
func pathOnly(p []byte) []byte {
	if len(p) > 0 && p[0] == '/' {
		return p
	}
	if i := bytes.Index(p, []byte("://")); i >= 0 {
		p = p[i+3:]
	} else {
		return nil
	}
	if i := bytes.IndexByte(p, '/'); i >= 0 {
		return p[i:]
	}
	return nil
}
