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
    private readonly RepeatMemory _repeats;
    private readonly AssignmentRecorder _changes;
    private readonly EventPublisher _publisher;
    private readonly DropLedger _drops;
    private readonly VariantTallies _sampledOut;
    private readonly FaultState _unknownSubject;
    private readonly SubjectReview _subjects;
    private readonly TimeProvider _time;
    private readonly QuietLogger _logger;
    private string? _recordedSubjectType;
    private volatile bool _isEnabled;
    private volatile ExposureForm _form = null!;

    public ExposureRecorder(
        string experimentName,
        ExposureSettings settings,
        CurrentOptions options,
        CurrentSampling sampling,
        RepeatMemory repeats,
        AssignmentRecorder changes,
        EventPublisher publisher,
        DropLedger drops,
        FaultState unknownSubject,
        SubjectReview subjects,
        TimeProvider time,
        ILogger<ExposureRecorder> logger)
    {
        _experimentName = experimentName;
        _repeats = repeats;
        _changes = changes;
        _publisher = publisher;
        _drops = drops;
        _sampledOut = new VariantTallies(variant => drops.TallyOf(experimentName, variant.Key, DropReasons.SampledOut));
        _unknownSubject = unknownSubject;
        _subjects = subjects;
        _time = time;
        _logger = QuietLogger.Of(logger);
        MaxAttributeLength = settings.MaxAttributeLength;
        Semantics = settings.Semantics;
        var queueFull = new VariantTallies(variant => drops.TallyOf(experimentName, variant.Key, DropReasons.QueueFull));
        options.OnChange(taken =>
        {
            _isEnabled = settings.IsEnabled && taken.EnableExposureEvents;
            _form = new ExposureForm(experimentName, sampling.Value, repeats, changes, drops, queueFull);
        });
    }

    public ExposureSemantics Semantics { get; }

    public bool IsEnabled => _isEnabled;

    /// <summary>The sampling rate in force.</summary>
    public double SamplingRate => _form.Sampling.Rate;

    /// <summary>The type of a subject that was recorded; null where none had one.</summary>
    public string? RecordedSubjectType => Volatile.Read(ref _recordedSubjectType);

    /// <summary>How many characters of an attribute's text are kept.</summary>
    public int MaxAttributeLength { get; }

    /// <summary>The time, in ticks of UTC.</summary>
    public long Now => _time.GetUtcNow().UtcTicks;

    /// <summary>The event id of an exposure that was recorded.</summary>
    public Guid IdOf(long decidedAt, long number) => _publisher.IdOf(decidedAt, number);

    /// <summary>Forgets the subject's last exposure.</summary>
    public void Forget(in Subject subject) => _repeats.Forget(subject);

    /// <summary>Whether an exposure of the subject may be published, as far as can be known before a variant has answered.</summary>
    public bool MayRecord(in Subject subject) => IsEnabled && _form.Sampling.IsRecorded(subject.Id);

    /// <summary>
    /// Whether an exposure may be told, before its attributes are read. Where it may not, because it is sampled out for one, that is
    /// counted and <see cref="Tell"/> is not to be called.
    /// </summary>
    public bool MayTell(Decision assigned, Variant served, in Subject subject)
    {
        if (!IsEnabled)
        {
            return false;
        }

        if (Semantics == ExposureSemantics.Explicit)
        {
            return true;
        }

        return IsIncluded(_form, assigned, subject)
            && (Semantics == ExposureSemantics.OnDecision
                || subject.Id is null
                || !_repeats.IsRepeat(subject, assigned.Variant.Id, served.Id));
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
    public Written Tell(
        IServedMemory memory,
        Decision assigned,
        Variant served,
        Subject subject,
        long decidedAt,
        AttributeSlot[]? attributes,
        RoomWait wait,
        CancellationToken cancellationToken)
    {
        if (Semantics != ExposureSemantics.Explicit)
        {
            return TellPipeline(assigned, served, subject, decidedAt, attributes, wait, cancellationToken);
        }

        memory.Remember(new Served(subject, assigned, served, attributes));
        return default;
    }

    /// <summary>Tells the pipeline an exposure that is logged by hand.</summary>
    public Written TellByHand(
        Decision assigned, Variant served, in Subject subject, AttributeSlot[]? attributes, RoomWait wait, CancellationToken cancellationToken) =>
        IsEnabled ? TellPipeline(assigned, served, subject, decidedAt: 0, attributes, wait, cancellationToken) : default;

    /// <summary>Tells the pipeline, unless the exposure is sampled out or a repeat that is not told.</summary>
    private Written TellPipeline(
        Decision assigned,
        Variant served,
        Subject subject,
        long decidedAt,
        AttributeSlot[]? attributes,
        RoomWait wait,
        CancellationToken cancellationToken)
    {
        var form = _form;
        if (!IsIncluded(form, assigned, subject))
        {
            return default;
        }

        return Semantics == ExposureSemantics.OnFirstUse
            ? TellFirst(form, assigned, served, subject, decidedAt, attributes, wait, cancellationToken)
            : Record(form, assigned, served, subject, subject.Id is null ? ExposureForm.NotAsked : _repeats.Now, decidedAt, attributes, wait, cancellationToken);
    }

    /// <summary>
    /// Tells the pipeline an exposure that is no repeat. Elsewhere every exposure is told, and whether it is a repeat is found out when the
    /// event is made; here it has to be known now, and claimed, so that of many callers one tells it.
    /// </summary>
    private Written TellFirst(
        ExposureForm form,
        Decision assigned,
        Variant served,
        in Subject subject,
        long decidedAt,
        AttributeSlot[]? attributes,
        RoomWait wait,
        CancellationToken cancellationToken)
    {
        if (_repeats.IsRepeat(subject, assigned.Variant.Id, served.Id))
        {
            return default;
        }

        var claim = _repeats.Claim(subject, assigned.Variant.Id, served.Id, _repeats.Now, tellsRepeats: false);
        if (claim.IsRepeat)
        {
            return default;
        }

        var change = _changes.Exposed(claim, subject, assigned, _time.GetUtcNow());
        object detail = change is null ? served : new ExposureForm.Change(served, change);
        var written = Record(form, assigned, detail, subject, ExposureForm.NotAsked, decidedAt, attributes, wait, cancellationToken);
        if (!written.IsTaken)
        {
            _repeats.Release(claim);
        }
        else if (written.Waiting is { } waiting)
        {
            return written with { Waiting = ReleaseUnlessQueuedAsync(waiting, claim) };
        }

        return written;
    }

    /// <summary>Whether sampling includes the exposure, and its subject is known where that has to be. Where not, it is counted.</summary>
    private bool IsIncluded(ExposureForm form, Decision assigned, in Subject subject)
    {
        var sampling = form.Sampling;
        if (subject.Id is null)
        {
            return Semantics == ExposureSemantics.OnDecision && sampling.IncludesAll ? NoteAnonymous() : CountUnknown(assigned);
        }

        if (sampling.Includes(subject.Id))
        {
            return true;
        }

        _sampledOut.Of(assigned.Variant).Increment();
        return false;
    }

    private bool NoteAnonymous()
    {
        _subjects.Anonymous(knowsAny: _repeats.Count > 0);
        return true;
    }

    private bool CountUnknown(Decision assigned)
    {
        _drops.TallyOf(_experimentName, assigned.Variant.Key, DropReasons.NoSubject).Increment();
        if (_unknownSubject.Enter())
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
    private Written Record(
        ExposureForm form,
        Decision assigned,
        object detail,
        in Subject subject,
        long askedAt,
        long decidedAt,
        AttributeSlot[]? attributes,
        RoomWait wait,
        CancellationToken cancellationToken)
    {
        if (_publisher.TryReserve() is { } producer)
        {
            Fill(ref producer.Reserved, form, assigned, detail, subject, askedAt, decidedAt, attributes);
            return new Written(producer.Commit());
        }

        EventRecord record = default;
        Fill(ref record, form, assigned, detail, subject, askedAt, decidedAt, attributes);
        return _publisher.Write(record, wait, cancellationToken);
    }

    private void Fill(
        ref EventRecord record,
        ExposureForm form,
        Decision assigned,
        object detail,
        in Subject subject,
        long askedAt,
        long decidedAt,
        AttributeSlot[]? attributes)
    {
        var notedAt = Now;
        record.Form = form;
        record.Content = assigned;
        record.SubjectId = subject.Id;
        record.Timestamp = decidedAt == 0 ? notedAt : decidedAt;
        record.NotedAt = notedAt;
        record.FormTime = askedAt;
        if (!ReferenceEquals(detail, assigned.Variant))
        {
            record.Detail = detail;
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

    private async Task<bool> ReleaseUnlessQueuedAsync(Task<bool> waiting, RepeatClaim claim)
    {
        var isQueued = await waiting.ConfigureAwait(false);
        if (!isQueued)
        {
            _repeats.Release(claim);
        }

        return isQueued;
    }

    [LoggerMessage(50, LogLevel.Warning,
        "Experiment {Experiment} drops exposures, because the subject is unknown: tag a parameter with [ExposureSubject], or register an ISubjectIdentityProvider that knows it.")]
    private partial void LogUnknownSubject(string experiment);
}
