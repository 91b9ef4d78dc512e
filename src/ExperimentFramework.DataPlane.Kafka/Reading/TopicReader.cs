using Confluent.Kafka;

namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>Reads the events of topics, one after the other.</summary>
internal sealed class TopicReader : IAsyncDisposable
{
    /// <summary>How long an event that has just arrived may wait, while no thread is blocked.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    private readonly IConsumer<Ignore, byte[]?> _consumer;
    private readonly ClientFaults _faults;
    private readonly string[] _topics;
    private readonly KafkaReadingOptions _options;
    private readonly Func<Handle, IEnumerable<string>, TimeSpan, TopicInspection> _inspect;
    private readonly EventMessageReader _messages;
    private readonly PartitionEnds? _ends;
    private readonly MergedPartitions? _merged;
    private readonly AssignedPartitions? _assigned;

    /// <summary>A call that blocks its own thread: the client must not be disposed while it runs.</summary>
    private Task _call = Task.CompletedTask;
    private ConsumeResult<Ignore, byte[]?>? _processing;
    private TopicPartitionOffset? _gap;
    private bool _isAnswered;
    private long _answeredAt;
    private long _inspectedAt;

    private TopicReader(IConsumer<Ignore, byte[]?> consumer, ClientFaults faults, string[] topics, KafkaReadingOptions options, Func<Handle, IEnumerable<string>, TimeSpan, TopicInspection> inspect)
    {
        _consumer = consumer;
        _faults = faults;
        _topics = topics;
        _options = options;
        _inspect = inspect;
        _messages = new EventMessageReader(options.OnUnreadableMessage);
        _ends = options.Follow ? null : new PartitionEnds();
        _merged = options.OrderByTime ? new MergedPartitions(consumer) : null;
        _assigned = options.GroupId is null ? new AssignedPartitions(consumer, faults, options) : null;
    }

    /// <summary>Creates a reader. It connects in the background.</summary>
    /// <param name="servers">The addresses of brokers.</param>
    /// <param name="topics">The topics.</param>
    /// <param name="options">How to read.</param>
    /// <param name="inspect">Queries the brokers for topics; null for <see cref="TopicInspection.Of"/>.</param>
    /// <exception cref="InvalidOperationException">The client refuses a setting, or the native library is older than it needs.</exception>
    public static TopicReader Create(
        string servers, string[] topics, KafkaReadingOptions options, Func<Handle, IEnumerable<string>, TimeSpan, TopicInspection>? inspect = null)
    {
        NativeLibraryCheck.Loaded().Require();
        var settings = ConsumerSettings.Create(servers, options);
        var target = $"Kafka {(topics.Length == 1 ? "topic" : "topics")} {string.Join(", ", topics.Select(topic => $"'{topic}'"))} at {servers}";
        var faults = new ClientFaults(target, ClientSettings.Secrets(settings));
        try
        {
            var consumer = new ConsumerBuilder<Ignore, byte[]?>(settings)
                .SetErrorHandler((_, error) => faults.OnError(error))
                .SetLogHandler(static (_, _) => { })
                .SetPartitionsAssignedHandler((group, partitions) => StartsOf(group, partitions, options.Timeout))
                .Build();
            return new TopicReader(consumer, faults, topics, options, inspect ?? TopicInspection.Of);
        }
        catch (Exception exception) when (exception is KafkaException or InvalidOperationException or ArgumentException)
        {
            throw SafeText.Own(new InvalidOperationException(
                $"The Kafka client refuses the settings for reading {target}: {faults.Redact(exception.Message)} Check KafkaReadingOptions.{nameof(KafkaReadingOptions.Settings)}."));
        }
    }

    /// <summary>Begins reading.</summary>
    /// <exception cref="IOException">The brokers give no answer or refuse the client, a topic does not exist, or a position is not in its partition.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var topics = await InspectAsync(cancellationToken).ConfigureAwait(false);
        RequireExisting(topics);
        if (_assigned is null)
        {
            _consumer.Subscribe(_topics);
        }
        else
        {
            await RunAsync(() => _assigned.Assign(topics.Partitions, _ends, _merged, cancellationToken), cancellationToken).ConfigureAwait(false);
        }

        _answeredAt = TimeProvider.System.GetTimestamp();
    }

    /// <summary>Reads the next event, skipping messages that are reported as unreadable.</summary>
    /// <returns>Null at the end.</returns>
    /// <exception cref="InvalidDataException">A message is not an event, and there is no callback for such messages.</exception>
    /// <exception cref="IOException">The brokers give no answer or refuse the client.</exception>
    public async ValueTask<KafkaStoredEvent?> ReadAsync(CancellationToken cancellationToken)
    {
        // The time that the caller spent on the last event does not count as silence of the brokers.
        _answeredAt = TimeProvider.System.GetTimestamp();
        while (true)
        {
            StoreProcessed();
            if (_merged?.Take(_ends!) is { } due)
            {
                return due;
            }

            if (_ends is { AreReached: true })
            {
                return null;
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (Consume() is not { } message)
            {
                await WaitAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            OnAnswered();
            if (_options is { Follow: true, GroupId: null } && IsOverdue(_inspectedAt))
            {
                // While messages arrive, a broker that does not answer this query does not end reading.
                await AddPartitionsAsync(await InspectAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            }

            if (Accept(message) is { } stored)
            {
                return stored;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Leaving the group and ending the client wait for its threads.
        var disposal = BackgroundWork.Run(async () =>
        {
            await _call.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_options.GroupId is not null)
            {
                _consumer.Close();
            }

            _consumer.Dispose();
        });
        if (_call.IsCompleted)
        {
            await disposal.ConfigureAwait(false);
        }
    }

    private void OnAnswered()
    {
        _answeredAt = TimeProvider.System.GetTimestamp();
        _faults.OnSucceeded();
        if (!_isAnswered)
        {
            _isAnswered = true;
            _options.OnAnswered?.Invoke();
        }
    }

    /// <summary>Returns the event of a message; null if there is none to return now.</summary>
    private KafkaStoredEvent? Accept(ConsumeResult<Ignore, byte[]?> message)
    {
        KafkaStoredEvent? stored = null;
        if (message.IsPartitionEOF)
        {
            _ends?.Finish(message.TopicPartition);
        }
        else if (_ends?.TryPass(message.TopicPartition, message.Offset) ?? true)
        {
            _processing = message;
            stored = _messages.Read(message);
        }

        if (_merged is null)
        {
            return stored;
        }

        if (stored is not null)
        {
            _merged.Add(stored);
        }

        if (!_ends!.IsOpen(message.TopicPartition))
        {
            _merged.Close(message.TopicPartition);
        }

        return null;
    }

    /// <summary>Returns where a member of a group begins with partitions: at the positions that the group has stored, or else at the beginning.</summary>
    private static IEnumerable<TopicPartitionOffset> StartsOf(IConsumer<Ignore, byte[]?> group, List<TopicPartition> partitions, TimeSpan timeout) =>
        [.. group.Committed(partitions, timeout).Select(stored => stored.Offset == Offset.Unset ? new TopicPartitionOffset(stored.TopicPartition, Offset.Beginning) : stored)];

    private ConsumeResult<Ignore, byte[]?>? Consume()
    {
        try
        {
            return _consumer.Consume(TimeSpan.Zero);
        }
        catch (ConsumeException exception) when (exception.Error.Code == ErrorCode.GroupAuthorizationFailed && _options.GroupId is null)
        {
            // The client searches for the coordinator even of an unused group.
            return null;
        }
        catch (ConsumeException exception) when (exception.Error.Code == ErrorCode.Local_AutoOffsetReset && _options is { Follow: true, OnGap: not null })
        {
            _gap = exception.ConsumerRecord.TopicPartitionOffset;
            return null;
        }
        catch (KafkaException exception)
        {
            throw _faults.Unreadable(exception.Error);
        }
    }

    /// <summary>Waits a moment; after a long silence, checks whether the brokers are available.</summary>
    private async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        if (_gap is { } gap && _assigned is not null)
        {
            _gap = null;
            await RunAsync(() => _assigned.Continue(gap), cancellationToken).ConfigureAwait(false);
        }

        if (IsOverdue(_answeredAt))
        {
            var topics = await InspectAsync(cancellationToken).ConfigureAwait(false);
            RequireExisting(topics);
            if (_ends is not null)
            {
                throw _faults.Unreadable(new Error(ErrorCode.Local_TimedOut));
            }

            await AddPartitionsAsync(topics, cancellationToken).ConfigureAwait(false);
            _answeredAt = TimeProvider.System.GetTimestamp();
        }

        await Task.Delay(PollInterval, TimeProvider.System, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Begins reading the partitions that are new. A group is given them by the client.</summary>
    private Task AddPartitionsAsync(TopicInspection topics, CancellationToken cancellationToken) =>
        _assigned is not null && topics.Error is null ? RunAsync(() => _assigned.Add(topics.Partitions), cancellationToken) : Task.CompletedTask;

    private bool IsOverdue(long since) => TimeProvider.System.GetElapsedTime(since) > _options.Timeout;

    private async Task<TopicInspection> InspectAsync(CancellationToken cancellationToken)
    {
        var topics = default(TopicInspection);
        await RunAsync(() => topics = _inspect(_consumer.Handle, _topics, _options.Timeout), cancellationToken).ConfigureAwait(false);
        _inspectedAt = TimeProvider.System.GetTimestamp();
        return topics;
    }

    private void RequireExisting(TopicInspection topics)
    {
        if (topics.Error is { } error)
        {
            throw Failed(error);
        }

        if (topics.Missing is { } missing)
        {
            throw _faults.Unreadable($"Topic '{missing}' does not exist. Check its name: with KafkaDataBackplaneOptions.{nameof(KafkaDataBackplaneOptions.TopicPerEventType)} each type of event has a topic of its own.");
        }
    }

    /// <summary>Runs a call that blocks.</summary>
    private async Task RunAsync(Action call, CancellationToken cancellationToken)
    {
        _call = BackgroundWork.Run(() =>
        {
            call();
            return Task.CompletedTask;
        });
        try
        {
            await _call.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (KafkaException exception)
        {
            throw Failed(exception.Error);
        }
    }

    private Exception Failed(Error error)
    {
        // The client calls its error handler, which is given the reason, while messages are requested from it.
        _ = Consume();
        return _faults.Unreadable(error);
    }

    /// <summary>Stores in the group that the last event has been read.</summary>
    private void StoreProcessed()
    {
        if (_processing is { } message && _options.GroupId is not null)
        {
            try
            {
                _consumer.StoreOffset(message);
            }
            catch (KafkaException exception) when (exception.Error.Code == ErrorCode.Local_State)
            {
                // The partition has moved to another member, which reads the event again.
            }
        }

        _processing = null;
    }
}
