package pattern

// masks are networks of IPv4 whose masks have holes. They are looked up mask by mask;
// beyond maskMost different masks, one after the other.
type masks struct {
	seen  lengths // the masks, as numbers
	table *table[network]
	alike alike[prefix]
	rest  list[*maskedEntry]
}

const maskMost = 64

type maskedEntry struct {
	masked4
	e *Entry
}

func (s masked4) key() prefix { return prefix{u128{uint64(s.mask), uint64(s.addr)}, holedBits} }

// holedBits tells the key of such a network from those of others.
const holedBits = 2 * v4Bits

func (m *masks) add(s masked4, e *Entry) {
	if m.seen.count[int(s.mask)] == 0 && len(m.seen.count) >= maskMost {
		m.rest.add(&maskedEntry{s, e})
		return
	}
	if m.table == nil {
		m.table = newTable(func(n *network) uint64 { return n.hash() })
	}
	addNet(m.table, &m.alike, s.key(), e)
	m.seen.add(int(s.mask)) // readers use the table once there is a mask
}

func (m *masks) remove(s masked4, e *Entry) {
	if m.table != nil && removeNet(m.table, &m.alike, s.key(), e) {
		m.seen.remove(int(s.mask))
		return
	}
	m.rest.removed(func(x *maskedEntry) bool { return !x.e.gone.Load() })
}

// find gives the first entry that v fits.
func (m *masks) find(v uint32) *Entry {
	var best *Entry
	for _, mask := range m.seen.all() {
		k := masked4{v & uint32(mask), uint32(mask)}.key()
		for c := m.table.find(k.hash()); ; {
			n := c.next()
			if n == nil {
				break
			}
			if n.prefix == k && !n.e.gone.Load() {
				best = earlier(best, n.e)
				break
			}
		}
	}
	for _, x := range m.rest.items() {
		if best != nil && best.id < x.e.id {
			break
		}
		if v&x.mask == x.addr && !x.e.gone.Load() {
			return x.e
		}
	}
	return best
}
