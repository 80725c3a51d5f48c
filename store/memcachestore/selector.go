package memcachestore

import (
	"fmt"
	"hash/crc32"
	"math/bits"
)

// A Selector says which of several servers keeps a key. Every program that
// shares the sessions must choose as the others do, or it finds none of those
// that lie elsewhere: a Flask application beside us chooses as its client.
//
// A server that doesn't answer stays its keys' one: on another nothing is known of
// them, and when it came back, what had ended meanwhile would be there again.
type Selector struct {
	name    string
	prepare func(servers []string) func(key string) int // an index of servers
}

// String is the selector's name in a URL: pymemcache, python-memcached or pylibmc;
// empty for the zero Selector.
func (s Selector) String() string { return s.name }

var (
	// Pymemcache chooses as pymemcache's HashClient does by default: by
	// rendezvous hashing (murmur3). The servers' order doesn't matter, their
	// spelling does: localhost:11211 and 127.0.0.1:11211 are two. It is the
	// default, for a server more or less moves the fewest keys.
	Pymemcache = Selector{"pymemcache", rendezvous}

	// PythonMemcached chooses as python-memcached's Client does from 1.60 on, and
	// pylibmc with the behavior "hash": "crc". The order of the servers matters; a
	// server of weight n stands n times in the list. That client goes to another
	// server while one is dead, which Dewar doesn't. Its releases up to 1.59 have
	// another server for one key of 32,768, whose hash is 0.
	PythonMemcached = Selector{"python-memcached", func(servers []string) func(string) int {
		return func(key string) int {
			return int(crc32.ChecksumIEEE([]byte(key))>>16&0x7fff) % len(servers)
		}
	}}

	// Pylibmc chooses as pylibmc's Client does by default (libmemcached's
	// one-at-a-time hash, modulo). The order of the servers matters.
	Pylibmc = Selector{"pylibmc", func(servers []string) func(string) int {
		return func(key string) int { return int(oneAtATime(key) % uint32(len(servers))) }
	}}
)

// SelectorByName finds a selector by its name, as [Selector.String] gives it. Any
// other, and none, is an error.
func SelectorByName(name string) (Selector, error) {
	for _, s := range [...]Selector{Pymemcache, PythonMemcached, Pylibmc} {
		if s.name == name {
			return s, nil
		}
	}
	return Selector{}, fmt.Errorf("memcachestore: there is no such selector; there are %s, %s and %s", Pymemcache, PythonMemcached, Pylibmc)
}

// rendezvous gives a key to the server that scores highest with it; where two
// do, to the one whose name is greater.
func rendezvous(servers []string) func(key string) int {
	return func(key string) int {
		best, most := 0, uint32(0)
		for i, server := range servers {
			score := murmur3(server + "-" + key)
			if i == 0 || score > most || score == most && server > servers[best] {
				best, most = i, score
			}
		}
		return best
	}
}

// murmur3 is MurmurHash3_x86_32 with the seed 0, by Austin Appleby, who placed it
// in the public domain.
func murmur3(s string) uint32 {
	mix := func(k uint32) uint32 { return bits.RotateLeft32(k*0xcc9e2d51, 15) * 0x1b873593 }
	var h uint32
	tail := s
	for ; len(tail) >= 4; tail = tail[4:] {
		h ^= mix(uint32(tail[0]) | uint32(tail[1])<<8 | uint32(tail[2])<<16 | uint32(tail[3])<<24)
		h = bits.RotateLeft32(h, 13)*5 + 0xe6546b64
	}
	var k uint32
	for i := len(tail) - 1; i >= 0; i-- {
		k = k<<8 | uint32(tail[i])
	}
	h ^= mix(k) ^ uint32(len(s))
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	return h ^ h>>16
}

// oneAtATime is Bob Jenkins's hash of that name.
func oneAtATime(s string) uint32 {
	var h uint32
	for i := range len(s) {
		h += uint32(s[i])
		h += h << 10
		h ^= h >> 6
	}
	h += h << 3
	h ^= h >> 11
	return h + h<<15
}
