#pragma once

#include <netdb.h>
#include <stdbool.h>

#include "requests.h"
#include "response.h"

/// A connection with at most one request outstanding.
typedef struct {
    int socket;
    /// Null: nothing is outstanding.
    const Request *request;
    /// When the request's first byte was handed to the kernel.
    double began;
    /// What is sent: the request itself, or a copy of it with a number in the place of its mark.
    const char *outgoing;
    size_t sent;
    char *copy;
    size_t copy_room;
    Response response;
} Connection;

/// Seconds on the monotonic clock.
double now(void);

/// Connects, then makes the socket non-blocking. Ends the process when nobody listens.
void connection_open(Connection *connection, const struct addrinfo *address);

/// Makes the request the outstanding one; `serial` goes in the place of its mark.
void connection_begin(Connection *connection, const Request *request, uint64_t serial);

/// Hands to the kernel what it takes now; false when the connection is broken.
bool connection_send(Connection *connection);

/// Whether some of the request waits for room in the kernel.
bool connection_is_sending(const Connection *connection);

/// Takes what has arrived into `response`; false when the connection is broken.
bool connection_receive(Connection *connection);
