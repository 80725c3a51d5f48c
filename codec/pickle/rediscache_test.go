package pickle_test

import (
	"testing"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/pickle"
)

// What cachelib's RedisCache was recorded to keep for {"_permanent": True, "a": 1}
// (Flask-Session 0.8.0, cachelib 0.9.0; cases cachelib-redis/...), and what is
// written of it again.
func TestRedisCache(t *testing.T) {
	const recorded = "!\x80\x05\x95\x19\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\n_permanent\x94\x88\x8c\x01a\x94K\x01u."
	c := pickle.RedisCache{}
	entries, err := c.Split([]byte(recorded))
	if err != nil || len(entries) != 2 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	got, err := c.Join([]byte("before "), entries)
	if want := "before !\x80\x04" + recorded[3:]; err != nil || string(got) != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	if marked := c.Mark([]byte(recorded)); c.Marked([]byte(recorded)) || !c.Marked(marked) {
		t.Error("marked before, or not after")
	}
	for _, none := range []string{"", "!", recorded[1:], "!!" + recorded} {
		if _, err := c.Split([]byte(none)); err == nil {
			t.Errorf("%q is read", none)
		}
	}
	if got, err := c.Join([]byte("before "), []codec.Entry{{Key: "a"}}); err == nil || string(got) != "before " {
		t.Errorf("an entry without a value: %q, %v", got, err)
	}
}
