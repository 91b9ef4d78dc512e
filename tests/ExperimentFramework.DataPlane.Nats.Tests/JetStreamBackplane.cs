using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace ExperimentFramework.DataPlane.Nats.Tests;

/// <summary>A destination that stores events in a stream of NATS JetStream. The message id is the event's, by which the server recognizes what it has stored already.</summary>
internal sealed class JetStreamBackplane(string url) : IDataBackplane, IAsyncDisposable
{
    private const string Stream = "events";

    private readonly NatsConnection _connection = new(new NatsOpts
    {
        Url = url,
        MaxReconnectRetry = -1,
        ReconnectWaitMin = TimeSpan.FromMilliseconds(50),
        ReconnectWaitMax = TimeSpan.FromMilliseconds(200),
        RequestTimeout = TimeSpan.FromSeconds(5),
    });

    private long _delivered;
    private long _failed;

    /// <summary>How many events the server has confirmed.</summary>
    public long Delivered => Interlocked.Read(ref _delivered);

    /// <summary>How many events have to be tried again, each as often as it failed.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    private NatsJSContext JetStream => new(_connection);

    /// <summary>Creates the stream on the disk.</summary>
    public async Task CreateStreamAsync(CancellationToken cancellationToken) => await JetStream.CreateStreamAsync(
        new StreamConfig(Stream, [Stream]) { Storage = StreamConfigStorage.File, DuplicateWindow = TimeSpan.FromHours(1) }, cancellationToken);

    public async ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default)
    {
        var confirmation = await JetStream.PublishAsync(
            Stream,
            DataPlaneJson.Serialize(envelope),
            opts: new NatsJSPubOpts { MsgId = envelope.EventId.ToString() },
            cancellationToken: cancellationToken);

        // A duplicate is a success: the answer to an earlier attempt was lost. EnsureSuccess would refuse it.
        if (confirmation.Error is { } error)
        {
            throw new NatsJSApiException(error);
        }
    }

    public async ValueTask<BatchResult> PublishAsync(IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken = default)
    {
        var statuses = new DeliveryStatus[envelopes.Count];
        Exception? error = null;
        await Task.WhenAll(envelopes.Select(async (envelope, index) =>
        {
            try
            {
                await PublishAsync(envelope, cancellationToken);
                Interlocked.Increment(ref _delivered);
            }
            catch (Exception exception)
            {
                statuses[index] = DeliveryStatus.TransientFailure;
                error = exception;
                Interlocked.Increment(ref _failed);
            }
        }));
        return error is null ? BatchResult.Delivered : BatchResult.FromStatuses(statuses, error);
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public async ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default) =>
        BackplaneHealth.Healthy($"The server answers in {await _connection.PingAsync(cancellationToken)}.");

    /// <summary>Reads what the stream holds, in its order.</summary>
    public async Task<List<string>> ReadAsync(CancellationToken cancellationToken)
    {
        var stream = await JetStream.GetStreamAsync(Stream, cancellationToken: cancellationToken);
        var consumer = await JetStream.CreateOrderedConsumerAsync(Stream, cancellationToken: cancellationToken);
        var lines = new List<string>();
        while (lines.Count < stream.Info.State.Messages)
        {
            var message = await consumer.NextAsync<string>(cancellationToken: cancellationToken);
            lines.Add(message!.Data!);
        }

        return lines;
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
