package sample

import (
	"encoding/binary"
	"errors"
	"math"
	"strconv"
	"strings"
)

// Fields of Protocol Buffers messages, alone or as gRPC sends them (manual 7.3.1:
// protobuf, ungrpc).

// Wire types of a Protocol Buffers field.
const (
	pbVarint = 0
	pb64     = 1
	pbBytes  = 2
	pb32     = 5
)

// pbType says how a field is read: its wire type, and the integer in its bits.
type pbType struct {
	wire int
	read func(bits uint64) int64
}

var pbTypes = map[string]pbType{
	"int32": {pbVarint, pbSigned32}, "enum": {pbVarint, pbSigned32},
	"int64": {pbVarint, pbSigned}, "uint64": {pbVarint, pbSigned},
	"uint32": {pbVarint, pbSigned}, "bool": {pbVarint, pbSigned},
	"sint32": {pbVarint, pbZigzag}, "sint64": {pbVarint, pbZigzag},
	"fixed64": {pb64, pbSigned}, "sfixed64": {pb64, pbSigned},
	"double":   {pb64, func(v uint64) int64 { return toInt64(math.Float64frombits(v)) }},
	"fixed32":  {pb32, func(v uint64) int64 { return int64(uint32(v)) }},
	"sfixed32": {pb32, pbSigned32},
	"float":    {pb32, func(v uint64) int64 { return toInt64(float64(math.Float32frombits(uint32(v)))) }},
}

func pbSigned(v uint64) int64   { return int64(v) }
func pbSigned32(v uint64) int64 { return int64(int32(v)) }
func pbZigzag(v uint64) int64   { return int64(v>>1) ^ -int64(v&1) }

// toInt64 rounds towards zero within 64 bits; what is no number is 0.
func toInt64(f float64) int64 {
	switch {
	case f != f:
		return 0
	case f >= math.MaxInt64:
		return math.MaxInt64
	case f <= math.MinInt64:
		return math.MinInt64
	}
	return int64(f)
}

// pbField is the way to a field, number by number through nested messages, and
// how it is read; without a type as the bytes it has.
type pbField struct {
	path  []uint64
	kind  pbType
	typed bool
}

// fieldNumber is the kind of argument that is such a way.
const fieldNumber = "Protocol buffers field number"

// fieldPath reads numbers with dots between.
func fieldPath(text string) (path []uint64, ok bool) {
	for _, n := range strings.Split(text, ".") {
		v, err := strconv.ParseUint(n, 10, 29)
		if err != nil || v == 0 {
			return nil, false
		}
		path = append(path, v)
	}
	return path, true
}

func parsePBField(a []Arg) (f pbField, err error) {
	f.path, _ = fieldPath(a[0].Text)
	if a[1].Set {
		if f.kind, f.typed = pbTypes[a[1].Text]; !f.typed {
			return f, errors.New("Wrong protocol buffer type '" + a[1].Text + "'")
		}
	}
	return f, nil
}

func compileProtobuf(a []Arg, _ *Scope) (Eval, error) {
	f, err := parsePBField(a)
	if err != nil {
		return nil, err
	}
	return func(_ *Ctx, s *Sample) bool { return f.find(s, s.Data) }, nil
}

// compileUngrpc looks into the first message behind gRPC's five bytes.
func compileUngrpc(a []Arg, _ *Scope) (Eval, error) {
	f, err := parsePBField(a)
	if err != nil {
		return nil, err
	}
	return func(_ *Ctx, s *Sample) bool {
		if len(s.Data) <= 5 || s.Data[0] != 0 { // compressed
			return false
		}
		n := uint64(binary.BigEndian.Uint32(s.Data[1:]))
		body := s.Data[5:]
		return n <= uint64(len(body)) && f.find(s, body[:n])
	}, nil
}

// find looks for the first field with each number of the path.
func (f pbField) find(s *Sample, b []byte) bool {
	for depth := 0; ; depth++ {
		last := depth == len(f.path)-1
		body, bits, wire, ok := pbNext(b, f.path[depth])
		switch {
		case !ok:
			return false
		case !last && wire != pbBytes:
			return false
		case !last:
			b = body
		case f.typed:
			return wire == f.kind.wire && s.setInt(f.kind.read(bits))
		default:
			return s.setBin(body)
		}
	}
}

// pbNext returns the first field of a number: its bytes, and its bits when its
// wire type has any.
func pbNext(b []byte, number uint64) (body []byte, bits uint64, wire int, ok bool) {
	for len(b) > 0 {
		tag, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, 0, 0, false
		}
		b, wire = b[n:], int(tag&7)
		switch wire {
		case pbVarint:
			if bits, n = binary.Uvarint(b); n <= 0 {
				return nil, 0, 0, false
			}
			body = b[:n]
		case pb64:
			if n = 8; len(b) < n {
				return nil, 0, 0, false
			}
			body, bits = b[:n], binary.LittleEndian.Uint64(b)
		case pb32:
			if n = 4; len(b) < n {
				return nil, 0, 0, false
			}
			body, bits = b[:n], uint64(binary.LittleEndian.Uint32(b))
		case pbBytes:
			size, m := binary.Uvarint(b)
			if m <= 0 || size > uint64(len(b)-m) {
				return nil, 0, 0, false
			}
			n = m + int(size)
			body = b[m:n]
		default: // groups, which nobody writes any more
			return nil, 0, 0, false
		}
		if tag>>3 == number {
			return body, bits, wire, true
		}
		b = b[n:]
	}
	return nil, 0, 0, false
}
