// Package account looks up users and groups, and gives files to them.
package account

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
)

// User returns the number of a user.
func User(name string) (int, error) {
	u, err := user.Lookup(name)
	if err != nil {
		return -1, fmt.Errorf("unknown user '%s'", name)
	}
	return strconv.Atoi(u.Uid)
}

// Group returns the number of a group.
func Group(name string) (int, error) {
	g, err := user.LookupGroup(name)
	if err != nil {
		return -1, fmt.Errorf("unknown group '%s'", name)
	}
	return strconv.Atoi(g.Gid)
}

// Owner is who a file belongs to: by name, or by number where the name is
// empty and the number not negative.
type Owner struct {
	User, Group string
	UID, GID    int
}

// IDs resolves the names; -1 stands for "as it is".
func (o Owner) IDs() (uid, gid int, err error) {
	uid, gid = o.UID, o.GID
	if o.User != "" {
		if uid, err = User(o.User); err != nil {
			return -1, -1, err
		}
	}
	if o.Group != "" {
		if gid, err = Group(o.Group); err != nil {
			return -1, -1, err
		}
	}
	return uid, gid, nil
}

// Give makes the file at path the owner's, with permissions mode unless that is
// 0.
func (o Owner) Give(path string, mode uint32) error {
	uid, gid, err := o.IDs()
	if err != nil {
		return err
	}
	if uid >= 0 || gid >= 0 {
		if err := os.Chown(path, uid, gid); err != nil {
			return err
		}
	}
	if mode != 0 {
		return os.Chmod(path, os.FileMode(mode)&os.ModePerm)
	}
	return nil
}
