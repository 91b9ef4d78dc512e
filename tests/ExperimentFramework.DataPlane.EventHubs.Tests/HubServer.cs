using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Amqp;
using Amqp.Framing;
using Amqp.Listener;
using Amqp.Sasl;
using Amqp.Types;

namespace ExperimentFramework.DataPlane.EventHubs.Tests;

/// <summary>
/// An event hub on this machine, as far as a producer sees one: it takes tokens, answers questions about the hub, and takes messages, or does what the test says with them. Messages are
/// decoded by a library that shares no code with the client.
/// </summary>
internal sealed class HubServer : IDisposable
{
    public const string Hub = "events";

    private readonly Socket _reservation;
    private readonly ContainerHost _host;
    private readonly ConcurrentQueue<HubMessage> _messages = new();
    private readonly ConcurrentDictionary<Connection, bool> _connections = new();
    private volatile bool _isClosed;
    private int _transfers;

    private HubServer(Socket reservation, X509Certificate2? certificate)
    {
        _reservation = reservation;
        Port = ((IPEndPoint)reservation.LocalEndPoint!).Port;
        var address = new Address($"{(certificate is null ? "amqp" : "amqps")}://127.0.0.1:{Port}");
        _host = certificate is null ? new ContainerHost(address) : new ContainerHost([address], certificate);
        _host.Listeners[0].SASL.EnableMechanism(new Symbol("MSSBCBS"), SaslProfile.Anonymous);
        _host.RegisterRequestProcessor("$cbs", new Requests(PutToken));
        _host.RegisterRequestProcessor("$management", new Requests(Describe));
        _host.RegisterLinkProcessor(new Links(this));
        _host.Open();
    }

    public int Port { get; }

    public string ConnectionString => $"Endpoint=sb://127.0.0.1:{Port};SharedAccessKeyName=sender;SharedAccessKey=c2VjcmV0LWtleQ==;UseDevelopmentEmulator=true;EntityPath={Hub}";

    /// <summary>What becomes of a message, by its number from 0; accepting it is the default.</summary>
    public Func<int, HubAnswer> Answer { get; set; } = _ => HubAnswer.Accept;

    /// <summary>The error with which links to the hub are refused; null to accept them.</summary>
    public Error? AttachError { get; set; }

    /// <summary>The status with which tokens are answered.</summary>
    public int TokenStatus { get; set; } = 202;

    public ulong MaxMessageSize { get; init; } = 1024 * 1024;

    /// <summary>The type and the text of every token that was put.</summary>
    public ConcurrentQueue<(string Type, string Token)> Tokens { get; } = new();

    /// <summary>The messages that were stored, in the order of their arrival; those of a batch one by one.</summary>
    public IReadOnlyList<HubMessage> Messages => [.. _messages];

    /// <summary>How many transfers have come, stored or not. A batch is one.</summary>
    public int Transfers => Volatile.Read(ref _transfers);

    public static HubServer Start(int? port = null, X509Certificate2? certificate = null, ulong maxMessageSize = 1024 * 1024) =>
        new(Reserve(port), certificate) { MaxMessageSize = maxMessageSize };

    /// <summary>Ends every connection at once. What arrives meanwhile is not stored.</summary>
    public void Dispose()
    {
        _isClosed = true;
        _host.Close();
        _reservation.Dispose();

        // The host only stops listening.
        foreach (var connection in _connections.Keys)
        {
            connection.Close(TimeSpan.Zero, new Error(ErrorCode.ConnectionForced));
        }
    }

    /// <summary>Binds a port without listening. The host shares the port of whoever has it already, so that another server that found it free in between would be sent a part of the messages.</summary>
    private static Socket Reserve(int? port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port ?? 0));
        return socket;
    }

    private void Take(MessageContext context)
    {
        if (_isClosed)
        {
            return;
        }

        var number = Interlocked.Increment(ref _transfers) - 1;
        var answer = Answer(number);
        if (answer.IsStored)
        {
            foreach (var message in HubMessage.Decode(context.Message))
            {
                _messages.Enqueue(message);
            }
        }

        switch (answer.Kind)
        {
            case HubAnswerKind.Accept:
                context.Complete();
                break;
            case HubAnswerKind.Refuse:
                context.Complete(answer.Error);
                break;
            case HubAnswerKind.Detach:
                context.Link.Close(TimeSpan.Zero, answer.Error);
                break;
            case HubAnswerKind.Cut:
                context.Link.Session.Connection.Close(TimeSpan.Zero, answer.Error);
                break;
            case HubAnswerKind.Hang:
                break;
        }
    }

    private Message PutToken(Message request)
    {
        Tokens.Enqueue(((string)request.ApplicationProperties["type"], request.Body?.ToString() ?? ""));
        return Answered(TokenStatus, null);
    }

    private Message Describe(Message request) => TokenStatus >= 300 ? Answered(TokenStatus, null) : Answered(200, new Map
    {
        ["name"] = Hub,
        ["created_at"] = DateTime.UnixEpoch,
        ["partition_count"] = 4,
        ["partition_ids"] = new[] { "0", "1", "2", "3" },
        ["georeplication_factor"] = 1,
        ["type"] = request.ApplicationProperties["type"],
    });

    private static Message Answered(int status, object? body) => new(body ?? "")
    {
        ApplicationProperties = new ApplicationProperties { ["status-code"] = status, ["status-description"] = status < 300 ? "OK" : "Refused" },
    };

    private sealed class Requests(Func<Message, Message> answer) : IRequestProcessor
    {
        public int Credit => 100;

        public void Process(RequestContext requestContext) => requestContext.Complete(answer(requestContext.Message));
    }

    private sealed class Links(HubServer server) : ILinkProcessor
    {
        public void Process(AttachContext attachContext)
        {
            server._connections.TryAdd(attachContext.Link.Session.Connection, true);
            var address = (attachContext.Attach.Target as Target)?.Address?.Trim('/');
            if (server.AttachError is { } error)
            {
                attachContext.Complete(error);
            }
            else if (address != Hub)
            {
                attachContext.Complete(new Error(ErrorCode.NotFound) { Description = HubAnswer.MissingHub });
            }
            else
            {
                attachContext.Attach.MaxMessageSize = server.MaxMessageSize;
                attachContext.Complete(new Endpoint(server), 1_000);
            }
        }
    }

    private sealed class Endpoint(HubServer server) : LinkEndpoint
    {
        public override void OnMessage(MessageContext messageContext) => server.Take(messageContext);

        public override void OnFlow(FlowContext flowContext)
        {
        }

        public override void OnDisposition(DispositionContext dispositionContext)
        {
        }
    }
}
