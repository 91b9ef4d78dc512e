using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Whether an exposure is recorded, and the recording: category switch, then sampling by subject, then the repeat claim,
/// then the pipeline.
/// </summary>
internal sealed partial class ExposureRecorder : IEventForm
{
    private readonly string _experimentName;
    private readonly CurrentSampling _sampling;
    private readonly RepeatMemory _repeats;
    private readonly AssignmentRecorder _changes;
    private readonly EventPublisher _publisher;
    private readonly DropLedger _drops;
    private readonly VariantTallies _sampledOut;
    private readonly FaultState _unknownSubject;
    private readonly TimeProvider _time;
    private readonly QuietLogger _logger;
    private volatile bool _isEnabled;

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
        TimeProvider time,
        ILogger<ExposureRecorder> logger)
    {
        _experimentName = experimentName;
        _sampling = sampling;
        _repeats = repeats;
        _changes = changes;
        _publisher = publisher;
        _drops = drops;
        _sampledOut = new VariantTallies(variant => drops.TallyOf(experimentName, variant.Key, DropReasons.SampledOut));
        _unknownSubject = unknownSubject;
        _time = time;
        _logger = QuietLogger.Of(logger);
        MaxAttributeLength = settings.MaxAttributeLength;
        Semantics = settings.Semantics;
        options.OnChange(taken => _isEnabled = settings.IsEnabled && taken.EnableExposureEvents);
    }

    public ExposureSemantics Semantics { get; }

    public bool IsEnabled => _isEnabled;

    /// <summary>How many characters of an attribute's text are kept.</summary>
    public int MaxAttributeLength { get; }

    /// <summary>The time, in ticks of UTC.</summary>
    public long Now => _time.GetUtcNow().UtcTicks;

    /// <summary>The event id of an exposure that was recorded.</summary>
    public Guid IdOf(long decidedAt, long number) => _publisher.IdOf(decidedAt, number);

    /// <summary>Whether an exposure of the subject may be published, as far as can be known before a variant has answered.</summary>
    public bool MayRecord(in Subject subject) => IsEnabled && _sampling.Value.IsRecorded(subject.Id);

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

        return IsIncluded(assigned, subject)
            && (Semantics == ExposureSemantics.OnDecision
                || subject.Id is null
                || Unsafe.IsNullRef(ref _repeats.FindRepeat(_repeats.KeyOf(subject), assigned.Variant.Id, served.Id, _repeats.Now)));
    }

    /// <summary>Tells an exposure: to the pipeline or, where exposures are logged by hand, to the memory of what was served.</summary>
    /// <param name="servedSubjects">Where exposures that are logged by hand wait.</param>
    /// <param name="assigned">What was decided.</param>
    /// <param name="served">Who answers.</param>
    /// <param name="subject">Who is served.</param>
    /// <param name="decidedAt">When it was decided, in ticks of UTC; 0 for now.</param>
    /// <param name="attributes">The call's attributes.</param>
    /// <param name="wait">What to do where there is no room and callers wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Written Tell(
        ServedSubjects servedSubjects,
        Decision assigned,
        Variant served,
        in Subject subject,
        long decidedAt,
        AttributeSlot[]? attributes,
        RoomWait wait,
        CancellationToken cancellationToken)
    {
        if (!IsEnabled)
        {
            return default;
        }

        if (Semantics != ExposureSemantics.Explicit)
        {
            return TellPipeline(assigned, served, subject, decidedAt, attributes, wait, cancellationToken);
        }

        servedSubjects.Remember(new ServedSubjects.Served(subject, assigned, served, attributes));
        return default;
    }

    /// <summary>Tells the pipeline an exposure that is logged by hand.</summary>
    public Written TellByHand(
        Decision assigned, Variant served, in Subject subject, AttributeSlot[]? attributes, RoomWait wait, CancellationToken cancellationToken) =>
        IsEnabled ? TellPipeline(assigned, served, subject, decidedAt: 0, attributes, wait, cancellationToken) : default;

    DataPlaneEvent IEventForm.Make(in EventRecord record)
    {
        var assigned = (Decision)record.Content!;
        var served = (Variant?)record.Detail ?? assigned.Variant;
        var isFallback = served != assigned.Variant;
        return new ExposureEvent
        {
            ExperimentName = _experimentName,
            VariantKey = served.Key,
            AssignedVariantKey = isFallback ? assigned.Variant.Key : null,
            SubjectId = record.SubjectId,
            SubjectType = record.SubjectType,
            TenantId = record.TenantId,
            Timestamp = new DateTimeOffset(record.Timestamp, TimeSpan.Zero),
            SelectionReason = isFallback ? SelectionReasons.Fallback : assigned.Reason,
            RulePath = assigned.RulePath,
            AssignmentPolicy = assigned.Policy,
            AllocationVersion = assigned.AllocationVersion,
            IsRepeatExposure = record.IsRepeat,
            SamplingRate = _sampling.Value.Rate,
            VariantBuild = served.Build,
            Attributes = AttributeSlots.ToDictionary((AttributeSlot[]?)record.Attributes),
        };
    }

    void IEventForm.Drop(in EventRecord record, string reason) =>
        _drops.TallyOf(_experimentName, ((Decision)record.Content!).Variant.Key, reason).Increment();

    /// <summary>Tells the pipeline, unless the exposure is sampled out or a repeat that is not told.</summary>
    private Written TellPipeline(
        Decision assigned,
        Variant served,
        in Subject subject,
        long decidedAt,
        AttributeSlot[]? attributes,
        RoomWait wait,
        CancellationToken cancellationToken)
    {
        if (!IsIncluded(assigned, subject))
        {
            return default;
        }

        if (subject.Id is null)
        {
            return Record(assigned, served, subject, default, decidedAt, attributes, wait, cancellationToken);
        }

        // The common case first and apart: a repeat changes nothing that would have to be taken back.
        var key = _repeats.KeyOf(subject);
        if (Semantics == ExposureSemantics.OnFirstUse)
        {
            if (!Unsafe.IsNullRef(ref _repeats.FindRepeat(key, assigned.Variant.Id, served.Id, _repeats.Now)))
            {
                return default;
            }
        }
        else if (_publisher.TryReserve() is { } producer)
        {
            // While memory answers, the clock is read, which takes as long.
            _repeats.Prefetch(key);
            var notedAt = Now;
            var now = _repeats.Now;
            ref var known = ref _repeats.FindRepeat(key, assigned.Variant.Id, served.Id, now);
            if (!Unsafe.IsNullRef(ref known))
            {
                known.Refresh(now);
                Fill(ref producer.Reserved, assigned, served, subject, isRepeat: true, decidedAt, notedAt, attributes);
                return new Written(producer.Commit());
            }
        }

        return Claim(assigned, served, subject, decidedAt, attributes, wait, cancellationToken);
    }

    /// <summary>Whether sampling includes the exposure, and its subject is known where that has to be. Where not, it is counted.</summary>
    private bool IsIncluded(Decision assigned, in Subject subject)
    {
        var sampling = _sampling.Value;
        if (subject.Id is null)
        {
            return (Semantics == ExposureSemantics.OnDecision && sampling.IncludesAll) || CountUnknown(assigned);
        }

        if (sampling.Includes(subject.Id))
        {
            return true;
        }

        _sampledOut.Of(assigned.Variant).Increment();
        return false;
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

    /// <summary>Claims an exposure, tells what has changed with it, and records it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Written Claim(
        Decision assigned,
        Variant served,
        in Subject subject,
        long decidedAt,
        AttributeSlot[]? attributes,
        RoomWait wait,
        CancellationToken cancellationToken)
    {
        var tellsRepeats = Semantics != ExposureSemantics.OnFirstUse;
        var claim = _repeats.Claim(subject, assigned.Variant.Id, served.Id, tellsRepeats);
        if (!claim.IsRepeat)
        {
            _changes.Exposed(claim, subject, assigned);
        }

        return tellsRepeats || !claim.IsRepeat
            ? Record(assigned, served, subject, claim, decidedAt, attributes, wait, cancellationToken)
            : default;
    }

    /// <summary>Records an exposure; where no destination will have it, the claim is released.</summary>
    private Written Record(
        Decision assigned,
        Variant served,
        in Subject subject,
        in RepeatClaim claim,
        long decidedAt,
        AttributeSlot[]? attributes,
        RoomWait wait,
        CancellationToken cancellationToken)
    {
        if (_publisher.TryReserve() is { } producer)
        {
            Fill(ref producer.Reserved, assigned, served, subject, claim.IsRepeat, decidedAt, Now, attributes);
            return new Written(producer.Commit());
        }

        EventRecord record = default;
        Fill(ref record, assigned, served, subject, claim.IsRepeat, decidedAt, Now, attributes);
        var written = _publisher.Write(record, wait, cancellationToken);
        if (!written.IsTaken)
        {
            Release(claim);
        }
        else if (written.Waiting is { } waiting)
        {
            return written with { Waiting = ReleaseUnlessQueuedAsync(waiting, claim) };
        }

        return written;
    }

    private void Fill(
        ref EventRecord record,
        Decision assigned,
        Variant served,
        in Subject subject,
        bool isRepeat,
        long decidedAt,
        long notedAt,
        AttributeSlot[]? attributes)
    {
        record.Form = this;
        record.Content = assigned;
        record.SubjectId = subject.Id;
        record.Timestamp = decidedAt == 0 ? notedAt : decidedAt;
        record.NotedAt = notedAt;
        record.IsRepeat = isRepeat;
        if (served != assigned.Variant)
        {
            record.Detail = served;
        }

        if (subject.Type is not null)
        {
            record.SubjectType = subject.Type;
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
            Release(claim);
        }

        return isQueued;
    }

    private void Release(in RepeatClaim claim)
    {
        if (claim.IsClaimed)
        {
            _repeats.Release(claim);
        }
    }

    [LoggerMessage(50, LogLevel.Warning,
        "Experiment {Experiment} drops exposures, because the subject is unknown: tag a parameter with [ExposureSubject], or register an ISubjectIdentityProvider that knows it.")]
    private partial void LogUnknownSubject(string experiment);
}
