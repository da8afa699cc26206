package sample

import (
	"encoding/binary"
	"errors"
	"strconv"
	"strings"
)

// The first packet of an MQTT 3.1, 3.1.1 or 5.0 connection, CONNECT, and the first
// answer, CONNACK (manual 7.3.1: mqtt_is_valid, mqtt_field_value; OASIS MQTT 5.0).

// Types of control packets.
const (
	mqttConnect     = 1
	mqttConnack     = 2
	mqttPublish     = 3
	mqttPubrel      = 6
	mqttSubscribe   = 8
	mqttUnsubscribe = 10
)

var mqttTypes = []string{"", "CONNECT", "CONNACK", "PUBLISH", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP",
	"SUBSCRIBE", "SUBACK", "UNSUBSCRIBE", "UNSUBACK", "PINGREQ", "PINGRESP", "DISCONNECT", "AUTH"}

// mqttFields are the fields of each type of packet that have a name.
var mqttFields = [...][]string{
	mqttConnect: {"flags", "protocol_name", "protocol_version", "client_identifier", "will_topic", "will_payload", "username", "password", "keepalive"},
	mqttConnack: {"flags", "protocol_version", "reason_code"},
}

// Flags of CONNECT.
const (
	mqttReserved = 1 << 0
	mqttWill     = 1 << 2
	mqttPassword = 1 << 6
	mqttUsername = 1 << 7
)

// mqttPacket is what was found: numbers are -1, and texts nil, when the packet
// has none.
type mqttPacket struct {
	kind, version, flags, keepalive, reason      int
	name, client, topic, payload, user, password []byte
	properties                                   [2][]byte // of the packet, of the will
}

// mqttBytes is the part of a packet that is still to be read; it turns bad when
// something runs over the end.
type mqttBytes struct {
	b   []byte
	bad bool
}

func (r *mqttBytes) take(n int) []byte {
	if n > len(r.b) {
		r.b, r.bad = nil, true
		return nil
	}
	p := r.b[:n:n]
	r.b = r.b[n:]
	return p
}

func (r *mqttBytes) number(size int) (v int) {
	for _, c := range r.take(size) {
		v = v<<8 | int(c)
	}
	return v
}

// text reads a string or bytes behind their length.
func (r *mqttBytes) text() []byte { return r.take(r.number(2)) }

// varint reads a length of up to four bytes, seven bits each.
func (r *mqttBytes) varint() (v int) {
	for i := range 4 {
		c := r.number(1)
		if v |= c & 0x7f << (7 * i); c < 0x80 || r.bad {
			return v
		}
	}
	r.bad = true
	return 0
}

// parseMQTT reads the packet that b begins with.
func parseMQTT(b []byte) (p mqttPacket, ok bool) {
	p = mqttPacket{version: -1, flags: -1, keepalive: -1, reason: -1}
	r := mqttBytes{b: b}
	first := r.number(1)
	size := r.varint()
	if r.bad || first&15 != 0 || size > len(r.b) {
		return p, false
	}
	r.b = r.b[:size]
	switch p.kind = first >> 4; p.kind {
	case mqttConnect:
		return p, p.connect(&r)
	case mqttConnack:
		return p, p.connack(&r)
	}
	return p, false
}

func (p *mqttPacket) connect(r *mqttBytes) bool {
	p.name, p.version, p.flags = r.text(), r.number(1), r.number(1)
	p.keepalive = r.number(2)
	switch {
	case r.bad || p.flags&mqttReserved != 0:
		return false
	case string(p.name) == "MQIsdp" && p.version == 3:
	case string(p.name) == "MQTT" && (p.version == 4 || p.version == 5):
	default:
		return false
	}
	if p.version == 5 && !p.listed(r, 0) {
		return false
	}
	p.client = r.text()
	if p.flags&mqttWill != 0 {
		if p.version == 5 && !p.listed(r, 1) {
			return false
		}
		p.topic, p.payload = r.text(), r.text()
	}
	if p.flags&mqttUsername != 0 {
		p.user = r.text()
	}
	if p.flags&mqttPassword != 0 {
		p.password = r.text()
	}
	return !r.bad && len(r.b) == 0
}

func (p *mqttPacket) connack(r *mqttBytes) bool {
	p.flags, p.reason = r.number(1), r.number(1)
	if r.bad || p.flags&^1 != 0 {
		return false
	}
	if p.version = 4; len(r.b) > 0 {
		p.version = 5
		if !p.listed(r, 0) {
			return false
		}
	}
	return len(r.b) == 0
}

// listed takes a list of properties and checks that it can be read.
func (p *mqttPacket) listed(r *mqttBytes, which int) bool {
	list := r.take(r.varint())
	if r.bad {
		return false
	}
	p.properties[which] = list
	rest := mqttBytes{b: list}
	for len(rest.b) > 0 {
		if _, _, ok := rest.property(); !ok {
			return false
		}
	}
	return true
}

// mqttProperties are the sizes of the properties' values in bytes (MQTT 5.0,
// 2.2.2.2): 0 is a text, -1 a number of variable size, -2 two texts.
var mqttProperties = map[int]int{
	1: 1, 2: 4, 3: 0, 8: 0, 9: 0, 11: -1, 17: 4, 18: 0, 19: 2, 21: 0, 22: 0, 23: 1, 24: 4, 25: 1, 26: 0, 28: 0,
	31: 0, 33: 2, 34: 2, 35: 2, 36: 1, 37: 1, 38: -2, 39: 4, 40: 1, 41: 1, 42: 1,
}

// property takes one property.
func (r *mqttBytes) property() (id int, value []byte, ok bool) {
	id = r.varint()
	size, known := mqttProperties[id]
	switch {
	case !known:
		return 0, nil, false
	case size == -2:
		r.text()
		value = r.text()
	case size == -1:
		r.varint()
	case size == 0:
		value = r.text()
	default:
		value = r.take(size)
	}
	return id, value, !r.bad
}

func convMQTTValid(c *Ctx, s *Sample) bool {
	_, ok := parseMQTT(s.Data)
	return c.judged(s, ok, !ok && mqttShort(s.Data))
}

// mqttFlags are those of the first byte that a type of packet must have (MQTT 5.0,
// 2.1.3); 0 unless listed.
var mqttFlags = map[int]int{mqttPublish: -1, mqttPubrel: 2, mqttSubscribe: 2, mqttUnsubscribe: 2} // -1: any

// mqttShort says whether more bytes could make b a packet: it has not the length
// it promises.
func mqttShort(b []byte) bool {
	r := mqttBytes{b: b}
	first, size := r.number(1), r.varint()
	kind, flags := first>>4, first&15
	if must := mqttFlags[kind]; len(b) >= 2 && (kind == 0 || must != flags && must >= 0) {
		return false
	}
	return len(b) < 2 || r.bad && len(b) < 5 || size > len(r.b)
}

func compileMQTTField(a []Arg, _ *Scope) (Eval, error) {
	kind := 0
	for i, name := range mqttTypes {
		if i > 0 && (strings.EqualFold(a[0].Text, name) || a[0].Text == strconv.Itoa(i)) {
			kind = i
		}
	}
	if kind != mqttConnect && kind != mqttConnack {
		return nil, errors.New("Unknown MQTT type '" + a[0].Text + "'")
	}
	for _, name := range mqttFields[kind] {
		if strings.EqualFold(a[1].Text, name) {
			return mqttField(kind, name), nil
		}
	}
	id, err := strconv.Atoi(a[1].Text)
	if size, ok := mqttProperties[id]; err != nil || !ok || size < 0 {
		return nil, errors.New("Unknown MQTT field name '" + a[1].Text + "' for packet type '" + a[0].Text + "'")
	}
	return func(c *Ctx, s *Sample) bool {
		p, ok := parseMQTT(s.Data)
		if !ok || p.kind != kind {
			return false
		}
		for _, list := range p.properties {
			for r := (mqttBytes{b: list}); len(r.b) > 0; {
				n, value, ok := r.property()
				switch {
				case !ok:
					return false
				case n != id:
				case mqttProperties[n] == 0:
					return s.setBin(value)
				default:
					var wide [8]byte
					copy(wide[8-len(value):], value)
					return s.setInt(int64(binary.BigEndian.Uint64(wide[:]))) && cast(c, s, Str)
				}
			}
		}
		return false
	}, nil
}

// mqttField returns the field of a name: numbers in decimal digits.
func mqttField(kind int, name string) Eval {
	return func(c *Ctx, s *Sample) bool {
		p, ok := parseMQTT(s.Data)
		if !ok || p.kind != kind {
			return false
		}
		number := func(v int) bool { return v >= 0 && s.setInt(int64(v)) && cast(c, s, Str) }
		text := func(b []byte) bool { return b != nil && s.setBin(b) }
		switch name {
		case "flags":
			return number(p.flags)
		case "protocol_version":
			return number(p.version)
		case "keepalive":
			return number(p.keepalive)
		case "reason_code":
			return number(p.reason)
		case "protocol_name":
			return text(p.name)
		case "client_identifier":
			return text(p.client)
		case "will_topic":
			return text(p.topic)
		case "will_payload":
			return text(p.payload)
		case "username":
			return text(p.user)
		}
		return text(p.password)
	}
}
