package mongostore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/connstring"
)

// The database and the collection that a URL leads to if it names none:
// Flask-Session's.
const (
	defaultDatabase   = "flask_session"
	defaultCollection = "sessions"
)

// patience is how long a server may take to be reached, unless a URL says
// another serverSelectionTimeoutMS or connectTimeoutMS.
const patience = 2 * time.Second

// The errors of a URL quote no part of it but a setting's name: what looks like
// a host or a path may be a piece of a password that wasn't escaped.
var errURL = errors.New("mongostore: this is no URL of a MongoDB, or a setting in it can't be read; special characters in a password are written as %2F, %23, %3F and so on")

// A Target is what a URL leads to.
type Target struct {
	Client     *options.ClientOptions
	Database   string // flask_session where the URL has none
	Collection string // sessions where the URL has none
}

// Parse reads a URL as MongoDB's drivers do, with one setting more, collection,
// for a program that changes something before mongo.Connect and [New]:
//
//	mongodb://user:password@host:port,host:port/database?collection=sessions
//	mongodb+srv://host/database                           hosts and settings from DNS
//
// A server that can't be reached is an error after two seconds, not the driver's
// thirty, unless serverSelectionTimeoutMS or connectTimeoutMS say otherwise. A
// setting that the driver doesn't know is an error that names it. As with all
// drivers a user is looked for in the database, unless authSource names another.
func Parse(rawURL string) (Target, error) {
	rest, collection, err := takeCollection(rawURL)
	if err != nil {
		return Target{}, err
	}
	u, err := connstring.ParseAndValidate(rest)
	if err != nil {
		return Target{}, errURL
	}
	for name := range u.UnknownOptions {
		return Target{}, fmt.Errorf("mongostore: the URL has an unknown setting %q", name)
	}
	o := options.Client().ApplyURI(rest)
	if o.Validate() != nil {
		return Target{}, errURL
	}
	if o.ServerSelectionTimeout == nil {
		o.SetServerSelectionTimeout(patience)
	}
	if o.ConnectTimeout == nil {
		o.SetConnectTimeout(patience)
	}
	database := u.Database
	if database == "" {
		database = defaultDatabase
	}
	if strings.ContainsAny(database, "/\\. \"$\x00") {
		return Target{}, errors.New("mongostore: the path of the URL is not the name of a database")
	}
	return Target{o, database, collection}, nil
}

// takeCollection takes the setting of ours out of a URL, which isn't one to
// net/url where it has several hosts.
func takeCollection(rawURL string) (rest, collection string, err error) {
	before, query, _ := strings.Cut(rawURL, "?")
	if strings.Contains(query, "@") || strings.Contains(rawURL, "#") {
		return "", "", errURL // of a password
	}
	pairs := strings.Split(query, "&")
	collection = defaultCollection
	pairs = slices.DeleteFunc(pairs, func(pair string) bool {
		name, value, _ := strings.Cut(pair, "=")
		if name != "collection" {
			return pair == ""
		}
		if collection, err = url.QueryUnescape(value); collection == "" || strings.ContainsAny(collection, "$\x00") {
			err = errors.New("mongostore: collection is not the name of one")
		}
		return true
	})
	if err != nil {
		return "", "", err
	}
	if len(pairs) == 0 {
		return before, collection, nil
	}
	if _, at, ok := strings.Cut(before, "://"); ok && !strings.Contains(at, "/") {
		before += "/" // which the driver wants before a query
	}
	return before + "?" + strings.Join(pairs, "&"), collection, nil
}

// Open connects to the MongoDB that a URL leads to; see [Parse]. The Closer ends
// the connections. Open fails if the server can't be reached.
func Open(ctx context.Context, rawURL string, o Options) (*Store, io.Closer, error) {
	target, err := Parse(rawURL)
	if err != nil {
		return nil, nil, err
	}
	return OpenTarget(ctx, target, o)
}

// OpenTarget is Open for a Target that was changed.
func OpenTarget(ctx context.Context, target Target, o Options) (*Store, io.Closer, error) {
	client, err := mongo.Connect(target.Client)
	if err != nil {
		return nil, nil, refusal(ctx, err)
	}
	if err := client.Ping(ctx, nil); err != nil {
		_ = closer{client}.Close()
		return nil, nil, refusal(ctx, err)
	}
	return New(client.Database(target.Database).Collection(target.Collection), o), closer{client}, nil
}

type closer struct{ client *mongo.Client }

// Close waits a moment for commands that are under way.
func (c closer) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := c.client.Disconnect(ctx); err != nil {
		return fmt.Errorf("mongostore: %w", err)
	}
	return nil
}
