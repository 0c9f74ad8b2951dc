#define _GNU_SOURCE
#include "connection.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

/// What is read at a time: an answer of ten records and their documents fits.
#define READ_BYTES (64 * 1024)

double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

void connection_open(Connection *connection, const struct addrinfo *address) {
    int made = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    if (made < 0) err(1, "socket");
    if (connect(made, address->ai_addr, address->ai_addrlen) != 0) err(1, "connect");
    setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (fcntl(made, F_SETFL, O_NONBLOCK) != 0) err(1, "fcntl");
    connection->socket = made;
}

/// The request with the number in the place of its mark.
static const char *marked(Connection *connection, const Request *request, uint64_t serial) {
    if (connection->copy_room < request->length) {
        connection->copy_room = request->length;
        connection->copy = realloc(connection->copy, request->length);
        if (!connection->copy) err(1, "request");
    }
    char digits[UNIQUE_MARK_LENGTH + 1];
    snprintf(digits, sizeof digits, "%0*" PRIu64, (int)UNIQUE_MARK_LENGTH, serial);
    memcpy(connection->copy, request->bytes, request->length);
    memcpy(connection->copy + (request->mark - request->bytes), digits, UNIQUE_MARK_LENGTH);
    return connection->copy;
}

void connection_begin(Connection *connection, const Request *request, uint64_t serial) {
    connection->request = request;
    connection->outgoing =
        request->mark ? marked(connection, request, serial) : request->bytes;
    connection->sent = 0;
    response_begin(&connection->response);
    connection->began = now();
}

/// Whether a call failed only because it would have had to wait.
static bool would_wait(void) {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

bool connection_send(Connection *connection) {
    while (connection_is_sending(connection)) {
        ssize_t count = send(
            connection->socket, connection->outgoing + connection->sent,
            connection->request->length - connection->sent, MSG_NOSIGNAL);
        if (count < 0) return would_wait();
        connection->sent += (size_t)count;
    }
    return true;
}

bool connection_is_sending(const Connection *connection) {
    return connection->request && connection->sent < connection->request->length;
}

bool connection_receive(Connection *connection) {
    static char bytes[READ_BYTES];
    ssize_t count = recv(connection->socket, bytes, sizeof bytes, 0);
    if (count < 0) return would_wait();
    if (count == 0) return false;
    response_take(&connection->response, bytes, (size_t)count);
    return connection->response.part != PART_MALFORMED;
}
