/// Sends prepared HTTP requests in a closed loop and reports how long each took.
///
///     generator HOST PORT FILE CONNECTIONS SECONDS
///
/// Each of the connections has one request outstanding, the next of FILE (see requests.h) in turn,
/// for SECONDS, or until each was sent once where SECONDS is 0. What is outstanding at the end is
/// waited for and counts. Times are those that passed, from the first byte handed to the kernel to
/// the last of the answer: with a fixed number of connections nothing was to be sent meanwhile, so
/// there is nothing to correct. Prints one JSON object.

#define _GNU_SOURCE
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "connection.h"
#include "samples.h"

/// So long without any answer, and the rest is given up.
#define SILENCE_MILLISECONDS_MAX 120000
#define EVENTS_MAX 64
/// Numbers in the place of marks have as many digits as the mark has bytes.
#define SERIALS UINT64_C(1000000000000)

typedef struct {
    Requests requests;
    const struct addrinfo *address;
    Connection *connections;
    size_t connection_count;
    int events;
    /// Connections with a request outstanding.
    size_t busy;
    /// How many requests were begun.
    size_t turn;
    uint64_t serial;
    /// How long requests are begun; 0: until each was sent once.
    double seconds;
    double began, last_answer;
    /// Requests that a connection broke on, or that never came to an end.
    uint64_t unanswered;
    Samples samples;
} Run;

static double processor_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double micros = (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + micros * 1e-6;
}

/// The microseconds of the day's clock: runs after each other have different serials.
static uint64_t first_serial(void) {
    struct timeval time;
    gettimeofday(&time, NULL);
    return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_usec;
}

static void watch(Run *run, Connection *connection, int change, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = connection};
    if (epoll_ctl(run->events, change, connection->socket, &event) != 0) err(1, "epoll_ctl");
}

static void open_watched(Run *run, Connection *connection) {
    connection_open(connection, run->address);
    watch(run, connection, EPOLL_CTL_ADD, EPOLLIN);
}

static bool is_over(const Run *run) {
    if (run->seconds == 0) return run->turn >= run->requests.count;
    return now() >= run->began + run->seconds;
}

static void reopen(Run *run, Connection *connection) {
    close(connection->socket);
    open_watched(run, connection);
}

/// The connection's request got no answer.
static void lose(Run *run, Connection *connection) {
    run->unanswered++;
    connection->request = NULL;
    reopen(run, connection);
}

/// Begins the next request, if there is one.
static void go_on(Run *run, Connection *connection) {
    while (!is_over(run)) {
        const Request *next = &run->requests.all[run->turn++ % run->requests.count];
        connection_begin(connection, next, run->serial++ % SERIALS);
        if (connection_send(connection)) {
            if (connection_is_sending(connection))
                watch(run, connection, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
            return;
        }
        lose(run, connection);
    }
    run->busy--;
}

static void finish(Run *run, Connection *connection) {
    run->last_answer = now();
    samples_add(
        &run->samples, connection->request->kind, connection->response.status,
        run->last_answer - connection->began);
    // An answer that came early leaves the connection amid a request.
    bool is_usable = !connection->response.closes && !connection_is_sending(connection);
    connection->request = NULL;
    if (!is_usable) reopen(run, connection);
    go_on(run, connection);
}

static void send_more(Run *run, Connection *connection) {
    if (!connection_send(connection)) {
        lose(run, connection);
        go_on(run, connection);
    } else if (!connection_is_sending(connection)) {
        watch(run, connection, EPOLL_CTL_MOD, EPOLLIN);
    }
}

static void receive(Run *run, Connection *connection) {
    if (!connection_receive(connection)) {
        lose(run, connection);
        go_on(run, connection);
    } else if (connection->response.part == PART_DONE) {
        finish(run, connection);
    }
}

static void serve(Run *run, const struct epoll_event *event) {
    Connection *connection = event->data.ptr;
    if (!connection->request) {
        // The server closes what is no longer used.
        epoll_ctl(run->events, EPOLL_CTL_DEL, connection->socket, NULL);
    } else if (event->events & (EPOLLIN | EPOLLERR | EPOLLHUP)) {
        receive(run, connection);
    } else {
        send_more(run, connection);
    }
}

static void send_all(Run *run) {
    run->began = run->last_answer = now();
    run->busy = run->connection_count;
    for (size_t place = 0; place < run->connection_count; place++)
        go_on(run, &run->connections[place]);
    struct epoll_event ready[EVENTS_MAX];
    while (run->busy > 0) {
        int count = epoll_wait(run->events, ready, EVENTS_MAX, SILENCE_MILLISECONDS_MAX);
        if (count == 0) break;
        for (int place = 0; place < count; place++) serve(run, &ready[place]);
    }
    run->unanswered += run->busy;
}

static void report(const Run *run, double processor_seconds) {
    printf(
        "{\"began\":%.6f,\"seconds\":%.6f,\"processor_seconds\":%.6f,\"unanswered\":%" PRIu64 ",",
        run->began, run->last_answer - run->began, processor_seconds, run->unanswered);
    samples_print(&run->samples);
    printf("}\n");
}

static struct addrinfo *address_of(const char *host, const char *port) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
    int failure = getaddrinfo(host, port, &hints, &found);
    if (failure) errx(1, "%s: %s", host, gai_strerror(failure));
    return found;
}

int main(int count, char **arguments) {
    if (count != 6) errx(2, "usage: generator HOST PORT FILE CONNECTIONS SECONDS");
    Run run = {
        .address = address_of(arguments[1], arguments[2]),
        .requests = requests_read(arguments[3]),
        .connection_count = strtoul(arguments[4], NULL, 10),
        .seconds = strtod(arguments[5], NULL),
        .events = epoll_create1(EPOLL_CLOEXEC),
        .serial = first_serial(),
    };
    if (run.events < 0) err(1, "epoll_create1");
    run.connections = calloc(run.connection_count, sizeof(Connection));
    if (!run.connections) err(1, "connections");
    for (size_t place = 0; place < run.connection_count; place++)
        open_watched(&run, &run.connections[place]);
    double before = processor_seconds();
    send_all(&run);
    report(&run, processor_seconds() - before);
    return 0;
}
