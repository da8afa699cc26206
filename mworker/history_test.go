package mworker

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What a load read serves again, by rollback and after a crash, when every file has
// changed or is gone.
func TestHeldFiles(t *testing.T) {
	dir := t.TempDir()
	page, later := dir+"/page", dir+"/later"
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(page, "one")
	a := address(t)
	config := "read " + page + "\nread " + later + "\nlisten " + a
	r := newRig(t, config, nil)
	r.wait(EventReady)
	log := func(want string) {
		t.Helper()
		if got := string(r.m.StartupLog()); got != want {
			t.Errorf("read %q, want %q", got, want)
		}
	}
	log("page: \"one\" false\nlater: \"\" true\n")
	write(page, "two")
	write(later, "new")
	if res := r.reload(config); !res.OK {
		t.Fatalf("%+v", res)
	}
	log("page: \"two\" false\nlater: \"new\" false\n")
	os.Remove(page)
	os.Remove(later)
	r.set("exit 7")

	second := r.wait(EventReady).Worker.PID
	syscall.Kill(second, syscall.SIGKILL)
	if e := r.wait(EventReady); !e.Respawn {
		t.Errorf("%+v", e)
	}
	log("page: \"two\" false\nlater: \"new\" false\n") // the log of the load that read them

	res := r.result(r.m.Load(Request{From: 1, By: "a test"}))
	if !res.OK || res.Generation != 3 || string(res.Log) != "page: \"one\" false\nlater: \"\" true\n" {
		t.Errorf("%+v %s", res, res.Log)
	}
	third := r.wait(EventReady).Worker.PID
	r.wait(EventFormerExited)
	r.mustAsk(a, 3, third)

	files, err := r.m.FilesOf(1)
	if err != nil || len(files) != 3 || files[0].Name != "test.cfg" || files[0].Size != int64(len(config)) ||
		!files[1].Absent || files[2].Size != 3 || len(files[2].Sum) != 64 {
		t.Errorf("%+v %v", files, err)
	}
	if b, err := r.m.FileOf(1, page); string(b) != "one" || err != nil {
		t.Errorf("%q %v", b, err)
	}
	if _, err := r.m.FileOf(1, later); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
	if _, err := r.m.FileOf(1, "other"); err != ErrNotKept {
		t.Errorf("%v", err)
	}
	list := r.m.Generations()
	if len(list) != 3 || list[0].By != "start" || list[0].Result != LoadSuperseded || !list[0].Kept || list[0].Files != 3 ||
		list[2].Result != LoadServing || list[2].From != 1 || list[2].By != "a test" || list[2].Hash != list[0].Hash || list[1].Took <= 0 {
		t.Errorf("%+v", list)
	}
	if n := len(r.m.contents); n != 3 { // "one", "two", "new": each once
		t.Errorf("%d contents", n)
	}
}

// A check says what a reload would, and leaves nothing behind.
func TestCheckedLoad(t *testing.T) {
	a, b := address(t), address(t)
	r := newRig(t, "listen "+a, nil)
	first := r.wait(EventReady).Worker.PID
	r.set("log fine\nlisten " + a + "\nlisten " + b)
	res := r.result(r.m.Load(Request{Kind: ReloadCheck}))
	if !res.OK || res.Generation != 2 || string(res.Log) != "fine\n" {
		t.Errorf("%+v %s", res, res.Log)
	}
	gone(t, r.wait(EventChecked).Worker.PID, patience)
	refusedWithin(t, b, time.Second)
	r.mustAsk(a, 1, first)
	r.set("log bad\nexit 3")
	res = r.result(r.m.Load(Request{Kind: ReloadCheck}))
	if res.OK || !strings.Contains(res.Reason, "code 3") || string(res.Log) != "bad\n" {
		t.Errorf("%+v %s", res, res.Log)
	}
	if info := r.m.Info(); info.Reloads != 0 || info.FailedReloads != 0 || info.LastLoadFailed || info.Generation != 1 {
		t.Errorf("%+v", info)
	}
	if got := string(r.m.StartupLog()); got != "" {
		t.Errorf("the log of a check displaced that of the load: %q", got)
	}
	r.mustAsk(a, 1, first)
}

// The budget takes the oldest first and never who serves.
func TestHistoryBudget(t *testing.T) {
	a := address(t)
	big := strings.Repeat("x", 1000)
	r := newRig(t, "listen "+a, func(o *Options) { o.Policy.HistoryBytes = 2500 })
	for i := range 4 {
		if res := r.reload("listen " + a + "\n" + string(rune('a'+i)) + big); !res.OK {
			t.Fatalf("%+v", res)
		}
		r.wait(EventFormerExited) // whose files count as long as it lives
	}
	kept := ""
	for _, g := range r.m.Generations() {
		kept += map[bool]string{true: "k", false: "-"}[g.Kept]
	}
	if kept != "---kk" {
		t.Errorf("kept %s", kept)
	}
	if res := r.result(r.m.Load(Request{From: 2})); res.OK || res.Reason != "generation 2 is not kept" {
		t.Errorf("%+v", res)
	}
	if res := r.reload("listen " + a + "\n" + strings.Repeat(big, 5)); !res.OK {
		t.Errorf("a generation over the budget must serve: %+v", res)
	}
	r.wait(EventFormerExited)
	r.mustAsk(a, 6, r.m.Workers()[len(r.m.Workers())-1].PID)
}
