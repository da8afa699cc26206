package account

import (
	"os"
	"path/filepath"
	"testing"
)

func TestIDs(t *testing.T) {
	uid, gid, err := Owner{User: "root", Group: "root", UID: -1, GID: -1}.IDs()
	if err != nil || uid != 0 || gid != 0 {
		t.Errorf("root: %d %d %v", uid, gid, err)
	}
	uid, gid, err = Owner{UID: 12, GID: -1}.IDs()
	if err != nil || uid != 12 || gid != -1 {
		t.Errorf("by number: %d %d %v", uid, gid, err)
	}
	for _, o := range []Owner{{User: "no such user"}, {Group: "no such group"}} {
		if _, _, err := o.IDs(); err == nil {
			t.Errorf("%+v resolved", o)
		}
	}
}

func TestGive(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := (Owner{UID: os.Getuid(), GID: -1}).Give(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", st.Mode(), err)
	}
}
