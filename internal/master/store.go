package master

import "maps"

// kept returns what gives the service manager its copies of the listeners; nil
// if it keeps none.
func (m *master) kept() func(map[string]int) {
	if m.store == nil {
		return nil
	}
	return func(listeners map[string]int) {
		if err := m.store.Keep(listeners); err != nil {
			m.report.Warningf("Should the master be killed, connections that wait will be lost: the service manager does not keep every listener: %v.", err)
		}
	}
}

// join returns the listeners the first worker may have: those of a socket unit,
// and those of the master before this one.
func join(inherited, stored map[string]int) map[string]int {
	all := maps.Clone(stored)
	if all == nil {
		return inherited
	}
	maps.Copy(all, inherited)
	return all
}
