package bench

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/redis/rueidis"
)

// storeFloor is the least that a session on Redis costs: the cookie is the
// key, a read is a GET, a write is a GET and a SET of the same bytes, which
// whoever wrote meanwhile loses by. Nothing is decoded or looked at.
func storeFloor(name string, client rueidis.Client) Contender {
	return storeFloorWriting(name, client, func(r *http.Request, data []byte) error {
		return floorSet(client, r, floorKey(r), data)
	})
}

// safeStoreFloor writes by a script that compares what was read with what is
// there: the least that a write costs by which nobody loses.
func safeStoreFloor(name string, client rueidis.Client) Contender {
	script := rueidis.NewLuaScript("if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end\n" +
		"redis.call('SET', KEYS[1], ARGV[2], 'EX', 3600)\nreturn 1")
	return storeFloorWriting(name, client, func(r *http.Request, data []byte) error {
		text := rueidis.BinaryString(data)
		return script.Exec(r.Context(), client, []string{floorKey(r)}, []string{text, text}).Error()
	})
}

func storeFloorWriting(name string, client rueidis.Client, write func(*http.Request, []byte) error) Contender {
	return Contender{Name: name, new: func(op Op) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var err error
			switch op {
			case Read, ReadCount:
				_, err = floorGet(client, r)
			case Write:
				var data []byte
				if data, err = floorGet(client, r); err == nil {
					err = write(r, data)
				}
			case SeedSmall, Seed2K:
				values := map[string]any{}
				seed(op, func(key string, v any) { values[key] = v })
				data, _ := json.Marshal(values)
				key := "floor:" + rand.Text()
				w.Header().Set("Set-Cookie", "floor="+key)
				err = floorSet(client, r, key, data)
			}
			if err != nil {
				http.Error(w, "no answer", http.StatusInternalServerError)
				return
			}
			reply(w, true)
		})
	}}
}

func floorKey(r *http.Request) string {
	_, key, _ := strings.Cut(r.Header["Cookie"][0], "=")
	return key
}

func floorGet(c rueidis.Client, r *http.Request) ([]byte, error) {
	return c.Do(r.Context(), c.B().Get().Key(floorKey(r)).Build()).AsBytes()
}

func floorSet(c rueidis.Client, r *http.Request, key string, data []byte) error {
	return c.Do(r.Context(), c.B().Set().Key(key).Value(rueidis.BinaryString(data)).Ex(time.Hour).Build()).Error()
}
