using System.Diagnostics.Metrics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>
/// Streams events to Apache Kafka, one message each, keyed by the subject's id, so that the events of a subject share a partition and keep their order. An event that has been delivered is
/// on all in-sync replicas (<c>acks=all</c>, idempotent producer).
/// </summary>
/// <remarks>
/// While brokers, passwords, certificates, topics or privileges are missing, no event is rejected: events are retried, or wait in the outbox. An event is rejected if it is larger than
/// <see cref="KafkaDataBackplaneOptions.MaxMessageBytes"/> or than the topic allows, or cannot be written as JSON.
/// </remarks>
public sealed class KafkaDataBackplane : IDataBackplane, IAsyncDisposable, IDisposable
{
    private readonly KafkaDataBackplaneOptions _options;
    private readonly Dictionary<string, string> _settings;
    private readonly TopicNames _topics;
    private readonly ClientFaults _faults;
    private readonly ClientLog _log;
    private readonly ClientMetrics _metrics;
    private readonly NativeLibraryCheck _library;
    private readonly ProducerSource _producers;
    private readonly CancellationTokenSource _disposal = new();

    /// <summary>A producer that the client has reported as fatally failed: not all subsequent reports and exceptions say so.</summary>
    private volatile IProducer<byte[]?, byte[]>? _failed;

    /// <summary>The sender of the last batch, for the next one.</summary>
    private BatchSender? _spare;

    /// <summary>Initializes a destination. It connects in the background.</summary>
    /// <param name="options">The options.</param>
    /// <param name="pipelineOptions">
    /// The options of the pipeline, whose <see cref="DataPlaneOptions.PublishTimeout"/> and <see cref="DataPlaneOptions.BatchSize"/> bound how long and how many events the client holds.
    /// Default: all defaults.
    /// </param>
    /// <param name="meterFactory">Creates the meter. Default: a separate meter.</param>
    /// <param name="logger">
    /// Logs what the client reports. <c>AddKafkaDataBackplane</c> uses the category <see cref="DataPlaneLogCategories.Delivery"/>. Default: no logging.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    /// <exception cref="InvalidOperationException">
    /// An option is invalid, the client refuses a setting, or the native library is older than the client needs; the message names it.
    /// </exception>
    public KafkaDataBackplane(
        KafkaDataBackplaneOptions options, DataPlaneOptions? pipelineOptions = null, IMeterFactory? meterFactory = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (KafkaDataBackplaneOptionsValidator.Errors(options).FirstOrDefault() is { } error)
        {
            throw new InvalidOperationException(error);
        }

        _options = options;
        _settings = ClientSettings.OfProducer(options, pipelineOptions ?? new DataPlaneOptions());
        _topics = new TopicNames(options.Topic!, options.TopicPerEventType);
        _faults = new ClientFaults($"Kafka topic '{options.Topic}' at {options.BootstrapServers}", ClientSettings.Secrets(_settings));
        _log = new ClientLog(NonThrowingLogger.Of(logger ?? NullLogger.Instance), _faults);
        _library = NativeLibraryCheck.Loaded();
        _library.Require();
        _log.OnLoaded(_library);
        _metrics = new ClientMetrics(options, () => _producers?.Created ?? 0, meterFactory);
        _producers = new ProducerSource(CreateProducer);
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
        cancellationToken.ThrowIfCancellationRequested();
        var producer = _producers.Use();
        try
        {
            var (result, isAbandoned) = await SendAsync(producer, envelopes, cancellationToken).ConfigureAwait(false);
            if (isAbandoned)
            {
                await EndAsync(producer).ConfigureAwait(false);
            }

            return result;
        }
        catch (Exception exception)
        {
            await EndAsync(producer).ConfigureAwait(false);
            ObjectDisposedException.ThrowIf(exception is OperationCanceledException && _disposal.IsCancellationRequested, this);
            throw;
        }
    }

    /// <summary>Returns at once: a delivered event was acknowledged by all in-sync replicas.</summary>
    /// <inheritdoc/>
    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    /// <summary>Queries the brokers for the topic. Unhealthy if none answers, or if the topic may not be used; degraded if it does not exist.</summary>
    /// <inheritdoc/>
    public async ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default)
    {
        var topic = await TopicInspection.OfAsync(_producers.Use(), _topics.All, cancellationToken).ConfigureAwait(false);
        var diagnostics = new Dictionary<string, object>
        {
            ["topic"] = _options.Topic!,
            ["partitions"] = topic.Partitions.Count,
            ["librdkafka"] = _library.Version,
            ["producers"] = _producers.Created,
            ["throttled_milliseconds"] = _metrics.Current.Throttle.TotalMilliseconds,
        };
        return topic.Error is { } error
            ? BackplaneHealth.Unhealthy(_faults.Translate(error).Message, diagnostics)
            : topic.Missing is { } missing
                ? BackplaneHealth.Degraded($"Kafka topic '{missing}' does not exist. Create it, unless the brokers create topics when they are first used.", diagnostics)
                : BackplaneHealth.Healthy($"Kafka topic '{_options.Topic}' at {_options.BootstrapServers}.", diagnostics);
    }

    /// <summary>Closes the connections, in the background. Batches that are being published fail.</summary>
    public void Dispose() => BackgroundWork.Run(() => DisposeAsync().AsTask());

    /// <summary>Closes the connections. Batches that are being published fail.</summary>
    /// <returns>A task that completes when the connections are closed.</returns>
    public async ValueTask DisposeAsync()
    {
        await _disposal.CancelAsync().ConfigureAwait(false);
        await _producers.DisposeAsync().ConfigureAwait(false);
        Interlocked.Exchange(ref _spare, null)?.Dispose();
        _metrics.Dispose();
    }

    /// <summary>Ends the producer of an abandoned batch: the pipeline will send its events again, so the client must not continue to send them.</summary>
    private Task EndAsync(SharedProducer producer)
    {
        _producers.Retire(producer);
        return producer.Ended;
    }

    private async ValueTask<(BatchResult Result, bool IsAbandoned)> SendAsync(SharedProducer producer, IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken)
    {
        var sender = Interlocked.Exchange(ref _spare, null) ?? new BatchSender(_topics, _options.Format, _faults);
        try
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposal.Token);
            var result = await sender.SendAsync(producer.Client, envelopes, ended.Token).ConfigureAwait(false);
            if (result.Error is { } error && (sender.IsFatal || ReferenceEquals(_failed, producer.Client)) && _producers.Retire(producer))
            {
                _log.OnReplaced(error);
            }

            (sender.IsAbandoned ? sender : Interlocked.Exchange(ref _spare, sender))?.Dispose();
            return (result, sender.IsAbandoned);
        }
        catch
        {
            sender.Dispose();
            throw;
        }
        finally
        {
            producer.Release();
        }
    }

    private IProducer<byte[]?, byte[]> CreateProducer()
    {
        _metrics.OnClientEnded();
        try
        {
            return new ProducerBuilder<byte[]?, byte[]>(_settings)
                .SetErrorHandler(OnError)
                .SetLogHandler((_, message) => _log.OnMessage(message))
                .SetStatisticsHandler((_, statistics) => _metrics.Update(ClientStatistics.Parse(statistics)))
                .Build();
        }
        catch (Exception exception) when (exception is KafkaException or InvalidOperationException or ArgumentException)
        {
            throw SafeText.Own(new InvalidOperationException(
                $"The Kafka client refuses the settings of topic '{_options.Topic}': {_faults.Redact(exception.Message)} Check KafkaDataBackplaneOptions.{nameof(_options.Settings)}."));
        }
    }

    private void OnError(IProducer<byte[]?, byte[]> producer, Error error)
    {
        _faults.OnError(error);
        if (DeliveryErrors.IsFatal(error))
        {
            _failed = producer;
        }
    }
}
