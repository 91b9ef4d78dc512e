using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Whether an exposure is recorded, and the recording: category switch, then sampling by subject, then the repeat claim,
/// then the pipeline.
/// </summary>
internal sealed partial class ExposureRecorder
{
    private readonly string _experimentName;
    private readonly ExposureDeduplicator _deduplicator;
    private readonly AssignmentRecorder _changes;
    private readonly EventPublisher _publisher;
    private readonly DropLedger _drops;
    private readonly VariantCounters _sampledOut;
    private readonly FaultLatch _unknownSubject;
    private readonly SubjectDiagnostics _subjects;
    private readonly TimeProvider _time;
    private readonly NonThrowingLogger _logger;
    private string? _recordedSubjectType;
    private volatile bool _isEnabled;
    private volatile ExposureEventFactory _factory = null!;

    public ExposureRecorder(
        string experimentName,
        ExposureSettings settings,
        ReloadableOptions options,
        SamplingMonitor sampling,
        ExposureDeduplicator repeats,
        AssignmentRecorder changes,
        EventPublisher publisher,
        DropLedger drops,
        FaultLatch unknownSubject,
        SubjectDiagnostics subjects,
        TimeProvider time,
        ILogger logger)
    {
        _experimentName = experimentName;
        _deduplicator = repeats;
        _changes = changes;
        _publisher = publisher;
        _drops = drops;
        _sampledOut = new VariantCounters(variant => drops.CounterFor(experimentName, variant.Key, DropReasons.SampledOut));
        _unknownSubject = unknownSubject;
        _subjects = subjects;
        _time = time;
        _logger = NonThrowingLogger.Of(logger);
        MaxAttributeLength = settings.MaxAttributeLength;
        Semantics = settings.Semantics;
        var queueFull = new VariantCounters(variant => drops.CounterFor(experimentName, variant.Key, DropReasons.QueueFull));
        options.OnChange(taken =>
        {
            _isEnabled = settings.IsEnabled && taken.EnableExposureEvents;
            _factory = new ExposureEventFactory(experimentName, sampling.Value, repeats, changes, drops, queueFull);
        });
    }

    public ExposureSemantics Semantics { get; }

    public bool IsEnabled => _isEnabled;

    /// <summary>The sampling rate in force.</summary>
    public double SamplingRate => _factory.Sampling.Rate;

    /// <summary>The type of a subject that was recorded; null where none had one.</summary>
    public string? RecordedSubjectType => Volatile.Read(ref _recordedSubjectType);

    /// <summary>How many characters of an attribute's text are kept.</summary>
    public int MaxAttributeLength { get; }

    /// <summary>The time, in ticks of UTC.</summary>
    public long UtcTicks => _time.GetUtcNow().UtcTicks;

    /// <summary>The event id of an exposure that was recorded.</summary>
    public Guid GetEventId(long decidedAt, long number) => _publisher.GetEventId(decidedAt, number);

    /// <summary>Forgets the subject's last exposure.</summary>
    public void Forget(in Subject subject) => _deduplicator.Forget(subject);

    /// <summary>Whether an exposure of the subject may be published, as far as can be known before a variant has answered.</summary>
    public bool MayRecord(in Subject subject) => IsEnabled && _factory.Sampling.IsRecorded(subject.Id);

    /// <summary>
    /// Whether an exposure may be told, before its attributes are read. Where it may not, because it is sampled out for one, that is
    /// counted and <see cref="RecordCore"/> is not to be called.
    /// </summary>
    public bool ShouldRecord(Decision assigned, Variant served, in Subject subject)
    {
        if (!IsEnabled)
        {
            return false;
        }

        if (Semantics == ExposureSemantics.Explicit)
        {
            return true;
        }

        return IsIncluded(_factory, assigned, subject)
            && (Semantics == ExposureSemantics.OnDecision
                || subject.Id is null
                || !_deduplicator.IsRepeat(subject, assigned.Variant.Id, served.Id));
    }

    /// <summary>
    /// Tells an exposure: to the pipeline or, where exposures are logged by hand, to the memory of what was served. Only to be called where
    /// exposures are told at all.
    /// </summary>
    /// <param name="memory">Where exposures that are logged by hand wait.</param>
    /// <param name="assigned">What was decided.</param>
    /// <param name="served">Who answers.</param>
    /// <param name="subject">Who is served.</param>
    /// <param name="decidedAt">When it was decided, in ticks of UTC; 0 for now.</param>
    /// <param name="attributes">The call's attributes.</param>
    /// <param name="wait">What to do where there is no room and callers wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public EnqueueResult RecordCore(
        IServedExposureSink memory,
        Decision assigned,
        Variant served,
        Subject subject,
        long decidedAt,
        AttributeSlot[]? attributes,
        WaitMode wait,
        CancellationToken cancellationToken)
    {
        if (Semantics != ExposureSemantics.Explicit)
        {
            return RecordInPipeline(assigned, served, subject, decidedAt, attributes, wait, cancellationToken);
        }

        memory.Remember(new ServedExposure(subject, assigned, served, attributes));
        return default;
    }

    /// <summary>Tells the pipeline an exposure that is logged by hand.</summary>
    public EnqueueResult RecordExplicit(
        Decision assigned, Variant served, in Subject subject, AttributeSlot[]? attributes, WaitMode wait, CancellationToken cancellationToken) =>
        IsEnabled ? RecordInPipeline(assigned, served, subject, decidedAt: 0, attributes, wait, cancellationToken) : default;

    /// <summary>Tells the pipeline, unless the exposure is sampled out or a repeat that is not told.</summary>
    private EnqueueResult RecordInPipeline(
        Decision assigned,
        Variant served,
        Subject subject,
        long decidedAt,
        AttributeSlot[]? attributes,
        WaitMode wait,
        CancellationToken cancellationToken)
    {
        var form = _factory;
        if (!IsIncluded(form, assigned, subject))
        {
            return default;
        }

        return Semantics == ExposureSemantics.OnFirstUse
            ? RecordFirstUse(form, assigned, served, subject, decidedAt, attributes, wait, cancellationToken)
            : Record(form, assigned, served, subject, subject.Id is null ? ExposureEventFactory.DoNotCheckRepeat : _deduplicator.Now, decidedAt, attributes, wait, cancellationToken);
    }

    /// <summary>
    /// Tells the pipeline an exposure that is no repeat. Elsewhere every exposure is told, and whether it is a repeat is found out when the
    /// event is made; here it has to be known now, and claimed, so that of many callers one tells it.
    /// </summary>
    private EnqueueResult RecordFirstUse(
        ExposureEventFactory form,
        Decision assigned,
        Variant served,
        in Subject subject,
        long decidedAt,
        AttributeSlot[]? attributes,
        WaitMode wait,
        CancellationToken cancellationToken)
    {
        if (_deduplicator.IsRepeat(subject, assigned.Variant.Id, served.Id))
        {
            return default;
        }

        var claim = _deduplicator.Claim(subject, assigned.Variant.Id, served.Id, _deduplicator.Now, tellsRepeats: false);
        if (claim.IsRepeat)
        {
            return default;
        }

        var change = _changes.Exposed(claim, subject, assigned, _time.GetUtcNow());
        object detail = change is null ? served : new ExposureEventFactory.AssignmentChange(served, change);
        var written = Record(form, assigned, detail, subject, ExposureEventFactory.DoNotCheckRepeat, decidedAt, attributes, wait, cancellationToken);
        if (!written.IsAccepted)
        {
            _deduplicator.Release(claim);
        }
        else if (written.PendingAdmission is { } waiting)
        {
            return written with { PendingAdmission = ReleaseUnlessQueuedAsync(waiting, claim) };
        }

        return written;
    }

    /// <summary>Whether sampling includes the exposure, and its subject is known where that has to be. Where not, it is counted.</summary>
    private bool IsIncluded(ExposureEventFactory form, Decision assigned, in Subject subject)
    {
        var sampling = form.Sampling;
        if (subject.Id is null)
        {
            return Semantics == ExposureSemantics.OnDecision && sampling.IncludesAll ? OnUnknownSubject() : CountUnknownSubject(assigned);
        }

        if (sampling.Includes(subject.Id))
        {
            return true;
        }

        _sampledOut.CounterFor(assigned.Variant).Increment();
        return false;
    }

    private bool OnUnknownSubject()
    {
        _subjects.OnUnknownSubject(knowsAny: _deduplicator.Count > 0);
        return true;
    }

    private bool CountUnknownSubject(Decision assigned)
    {
        _drops.CounterFor(_experimentName, assigned.Variant.Key, DropReasons.NoSubject).Increment();
        if (_unknownSubject.Trip())
        {
            LogUnknownSubject(_experimentName);
        }

        return false;
    }

    /// <summary>Notes an exposure.</summary>
    /// <param name="form">Makes the event.</param>
    /// <param name="assigned">What was decided.</param>
    /// <param name="detail">Who answers, or that with a change to be told before.</param>
    /// <param name="subject">Who is served.</param>
    /// <param name="askedAt">When it may be a repeat, on the clock of repeats.</param>
    /// <param name="decidedAt">When it was decided, in ticks of UTC; 0 for now.</param>
    /// <param name="attributes">The call's attributes.</param>
    /// <param name="wait">What to do where there is no room and callers wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    private EnqueueResult Record(
        ExposureEventFactory form,
        Decision assigned,
        object detail,
        in Subject subject,
        long askedAt,
        long decidedAt,
        AttributeSlot[]? attributes,
        WaitMode wait,
        CancellationToken cancellationToken)
    {
        if (_publisher.TryReserve() is { } producer)
        {
            Fill(ref producer.Reserved, form, assigned, detail, subject, askedAt, decidedAt, attributes);
            return new EnqueueResult(producer.Commit());
        }

        EventRecord record = default;
        Fill(ref record, form, assigned, detail, subject, askedAt, decidedAt, attributes);
        return _publisher.Write(record, wait, cancellationToken);
    }

    private void Fill(
        ref EventRecord record,
        ExposureEventFactory form,
        Decision assigned,
        object detail,
        in Subject subject,
        long askedAt,
        long decidedAt,
        AttributeSlot[]? attributes)
    {
        var notedAt = UtcTicks;
        record.Factory = form;
        record.Payload = assigned;
        record.SubjectId = subject.Id;
        record.Timestamp = decidedAt == 0 ? notedAt : decidedAt;
        record.EnqueuedAt = notedAt;
        record.RepeatTimestamp = askedAt;
        if (!ReferenceEquals(detail, assigned.Variant))
        {
            record.State = detail;
        }

        if (subject.Type is not null)
        {
            record.SubjectType = subject.Type;
            _recordedSubjectType ??= subject.Type;
        }

        if (subject.TenantId is not null)
        {
            record.TenantId = subject.TenantId;
        }

        if (attributes is not null)
        {
            record.Attributes = attributes;
        }

        if (Activity.Current is { } activity)
        {
            record.Activity = activity;
        }
    }

    private async Task<bool> ReleaseUnlessQueuedAsync(Task<bool> waiting, DeduplicationClaim claim)
    {
        var isQueued = await waiting.ConfigureAwait(false);
        if (!isQueued)
        {
            _deduplicator.Release(claim);
        }

        return isQueued;
    }

    [LoggerMessage(50, LogLevel.Warning,
        "Experiment {Experiment} drops exposures, because the subject is unknown: tag a parameter with [ExposureSubject], or register an ISubjectIdentityProvider that knows it.", EventName = "SubjectUnknown")]
    private partial void LogUnknownSubject(string experiment);
}
