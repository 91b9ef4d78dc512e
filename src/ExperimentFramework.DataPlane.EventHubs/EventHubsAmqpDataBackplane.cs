using Azure.Messaging.EventHubs.Producer;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.EventHubs;

/// <summary>
/// Sends events to Azure Event Hubs over AMQP. The partition key is the event's subject, so that the events of one subject stay in order and reach one consumer; events without a subject go to
/// any partition. An event is delivered when the service has accepted its message. Delivery is at least once: count an event once by its id, which is the message id.
/// </summary>
/// <remarks>
/// An event that exceeds the hub's maximum message size is rejected. Everything else, such as throttling, refused credentials, a missing hub or a lost connection, is retried. Do not send to one hub with
/// this destination and over its Kafka endpoint: the two may put one subject into different partitions.
/// </remarks>
public sealed class EventHubsAmqpDataBackplane : IDataBackplane, IAsyncDisposable, IDisposable
{
    private readonly EventHubProducerClient _client;
    private readonly EventHubsAmqpDataBackplaneOptions _options;
    private readonly HubAddress _address;
    private readonly HubFaults _faults;
    private readonly bool _ownsClient;
    private volatile Exception? _failure;
    private long _sent;
    private volatile bool _isDisposed;

    /// <summary>Initializes a destination. It connects with the first batch.</summary>
    /// <param name="client">The client. The destination does not dispose it. Set its <c>RetryOptions.MaximumRetries</c> to 0: the data plane retries.</param>
    /// <param name="options">The options; <see cref="EventHubsAmqpDataBackplaneOptions.ConfigureClient"/> is not used, and neither is <see cref="EventHubsAmqpDataBackplaneOptions.SendTimeout"/>: the client's own <c>RetryOptions.TryTimeout</c> applies. Null for the defaults.</param>
    /// <exception cref="ArgumentNullException"><paramref name="client"/> is null.</exception>
    /// <exception cref="OptionsValidationException">An option is out of its range; the message names the option, its value and the range.</exception>
    public EventHubsAmqpDataBackplane(EventHubProducerClient client, EventHubsAmqpDataBackplaneOptions? options = null)
        : this(client, options ?? new EventHubsAmqpDataBackplaneOptions(), ownsClient: false)
    {
    }

    internal EventHubsAmqpDataBackplane(EventHubProducerClient client, EventHubsAmqpDataBackplaneOptions options, bool ownsClient)
    {
        ArgumentNullException.ThrowIfNull(client);
        OptionFailures<EventHubsAmqpDataBackplaneOptions>.Throw(new EventHubsAmqpDataBackplaneOptionsValidator(), options);
        _client = client;
        _options = options;
        _address = new HubAddress(client.FullyQualifiedNamespace, client.EventHubName);
        _faults = new HubFaults(_address, ownsClient ? options.SendTimeout : null);
        _ownsClient = ownsClient;
    }

    /// <inheritdoc/>
    public async ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        var result = await PublishAsync([envelope], cancellationToken).ConfigureAwait(false);
        if (result[0] != DeliveryStatus.Delivered)
        {
            throw result.Error!;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<BatchResult> PublishAsync(IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(envelopes);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        var result = await new HubBatch(_client, envelopes, _faults).SendAsync(_options.Format, _options.MaxConcurrentSends, cancellationToken).ConfigureAwait(false);
        _failure = result.Error is IOException failure ? failure : null;
        Interlocked.Add(ref _sent, Enumerable.Range(0, envelopes.Count).Count(index => result[index] == DeliveryStatus.Delivered));
        return result;
    }

    /// <summary>Returns at once: a delivered event has been accepted by the service.</summary>
    /// <inheritdoc/>
    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    /// <summary>Queries the service for the hub. Degraded if it answers but the last batch has failed.</summary>
    /// <inheritdoc/>
    public async ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default)
    {
        var diagnostics = new Dictionary<string, object> { ["namespace"] = _address.Namespace, ["event_hub"] = _address.Hub, ["sent_events"] = Interlocked.Read(ref _sent) };
        try
        {
            var hub = await _client.GetEventHubPropertiesAsync(cancellationToken).ConfigureAwait(false);
            diagnostics["partitions"] = hub.PartitionIds.Length;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return BackplaneHealth.Unhealthy(_faults.Translate(exception).Message, diagnostics);
        }

        return _failure is { } failure
            ? BackplaneHealth.Degraded(failure.Message, diagnostics)
            : BackplaneHealth.Healthy($"Events are sent to {_address}.", diagnostics);
    }

    /// <summary>Closes the connection that the destination opened.</summary>
    /// <returns>A task that completes when it is closed.</returns>
    public async ValueTask DisposeAsync()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            await CloseAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Closes the connection that the destination opened, in the background.</summary>
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            BackgroundWork.Run(CloseAsync);
        }
    }

    private async Task CloseAsync()
    {
        if (!_ownsClient)
        {
            return;
        }

        try
        {
            await _client.CloseAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Accepted events are with the service, and a lost connection is already closed.
        }
    }
}
