using System.Threading.Channels;
using ExperimentFramework.DataPlane.Benchmarks.Peers;

namespace ExperimentFramework.DataPlane.Benchmarks.Calls;

/// <summary>The rows of the table of calls, by name.</summary>
public static class CallPaths
{
    /// <summary>The name of the row that the others' cost stands above.</summary>
    public const string Direct = "the implementation called through its interface";

    /// <summary>The name of the row that queueing is measured by.</summary>
    public const string Floor = "floor: clock and a 64-byte record into a ring of the thread";

    /// <summary>The name of the row that stands for what is written without a framework.</summary>
    public const string HandWritten = "hand-written decorator, envelope and event";

    /// <summary>The name of the row of a call that is decided and served, and nothing else.</summary>
    public const string SwitchedOff = "switched off";

    private const int Many = 100_000;

    /// <summary>What calls cost that are not recorded.</summary>
    public static IReadOnlyDictionary<string, Func<CallPath>> Unrecorded { get; } = new Dictionary<string, Func<CallPath>>
    {
        [Direct] = () => new CheckoutCalls<DirectCall>(new OtherCheckout(), new Subjects()),
        [SwitchedOff] = () => new CheckoutCalls<OffCall>(
            new CheckoutHost(Fixed, data => data.EnableExposureEvents = data.EnableAssignmentEvents = false), new Subjects()),
        ["switched off, hash selector"] = () => new CheckoutCalls<HashedOffCall>(
            new CheckoutHost(Hashed, data => data.EnableExposureEvents = data.EnableAssignmentEvents = false), new Subjects()),
        ["decision by name"] = () => new DecisionCalls(
            new CheckoutHost(Fixed, data => data.EnableExposureEvents = data.EnableAssignmentEvents = false), new Subjects()),
        ["decision by name, hash selector"] = () => new DecisionCalls(
            new CheckoutHost(Hashed, data => data.EnableExposureEvents = data.EnableAssignmentEvents = false), new Subjects()),
        ["exposures switched off, changed assignments published"] = () => new CheckoutCalls<ExposuresOffCall>(
            new CheckoutHost(Fixed, data => data.EnableExposureEvents = false), new Subjects()),
        ["sampled out"] = () => new CheckoutCalls<SampledOutCall>(new CheckoutHost(trial => Fixed(trial).WithSamplingRate(1e-9)), new Subjects()),
        ["repeat under OnFirstUse"] = () => new CheckoutCalls<RepeatCall>(new CheckoutHost(Once(Fixed)), new Subjects()),
        ["repeat, hash selector"] = () => new CheckoutCalls<HashedRepeatCall>(new CheckoutHost(Once(Hashed)), new Subjects()),
        ["repeat, sticky assignment from the cache"] = () => new CheckoutCalls<StickyCall>(
            new CheckoutHost(Once(trial => Fixed(trial).WithPolicy(AssignmentPolicy.SubjectSticky))), new Subjects()),
        ["of a repeat or a call sampled out, its count for the accounts alone"] = () => new AccountCounts(),
        ["repeat, 100,000 rotating subjects"] = () => new CheckoutCalls<ManyRepeatsCall>(new CheckoutHost(Once(Fixed)), new Subjects(Many)),
        ["repeat, hash selector, 100,000 rotating subjects"] = () => new CheckoutCalls<ManyHashedRepeatsCall>(
            new CheckoutHost(Once(Hashed)), new Subjects(Many)),
    };

    /// <summary>What exposures and metrics cost that are queued.</summary>
    public static IReadOnlyDictionary<string, Func<CallPath>> Queued { get; } = new Dictionary<string, Func<CallPath>>
    {
        [Floor] = () => new RingFloor<RingCall>(new Subjects()),
        ["exposure"] = () => new CheckoutCalls<QueuedCall>(new CheckoutHost(Fixed), new Subjects()),
        ["exposure, hash selector"] = () => new CheckoutCalls<HashedQueuedCall>(new CheckoutHost(Hashed), new Subjects()),
        ["exposure, two attributes"] = () => new CheckoutCalls<AttributedCall>(new CheckoutHost(Fixed), new Subjects()),
        ["exposure, ValueTask member"] = () => new CheckoutCalls<AsyncCall>(new CheckoutHost(Fixed), new Subjects()),
        ["metric"] = () => new MetricCalls(isNamed: false),
        ["metric, named subject and order number"] = () => new MetricCalls(isNamed: true),
        ["floor, 100,000 rotating subjects"] = () => new RingFloor<ManyRingCall>(new Subjects(Many)),
        ["exposure, 100,000 rotating subjects"] = () => new CheckoutCalls<ManyQueuedCall>(new CheckoutHost(Fixed), new Subjects(Many)),
        ["exposure, hash selector, 100,000 rotating subjects"] = () => new CheckoutCalls<ManyHashedQueuedCall>(
            new CheckoutHost(Hashed), new Subjects(Many)),
    };

    /// <summary>What others cost.</summary>
    public static IReadOnlyDictionary<string, Func<CallPath>> Peers { get; } = new Dictionary<string, Func<CallPath>>
    {
        ["clock: UTC"] = () => new ClockReads<Clocks.Utc>(),
        ["clock: timestamp"] = () => new ClockReads<Clocks.Timestamp>(),
        ["clock: tick count"] = () => new ClockReads<Clocks.Ticks>(),
        ["routing to a variant, no event"] = () => new CheckoutCalls<RoutingCall>(new RoutingCheckout(), new Subjects()),
        ["a lean event object to a destination that does nothing"] = () => new CheckoutCalls<LeanCall>(new LeanEventCheckout(static _ => { }), new Subjects()),
        ["a 64-byte structure into a bounded channel"] = IntoChannel,
        ["LoggerMessage to an enabled logger that does nothing"] = () => new CheckoutCalls<LogCall>(
            new LoggingCheckout(new LoggingCheckout.IdleLogger(formats: false)), new Subjects()),
        ["LoggerMessage, formatted"] = () => new CheckoutCalls<FormattedLogCall>(
            new LoggingCheckout(new LoggingCheckout.IdleLogger(formats: true)), new Subjects()),
        ["OpenTelemetry batch log processor"] = IntoLogs,
        ["OpenTelemetry activity with five tags"] = IntoActivities,
        [HandWritten] = () => new CheckoutCalls<HandWrittenCall>(HandWrittenDecorator.ToNowhere(), new Subjects()),
        ["the same through Castle DynamicProxy"] = () => new CheckoutCalls<CastleCall>(RunTimeProxies.Castle(static _ => { }), new Subjects()),
        ["the same through DispatchProxy"] = () => new CheckoutCalls<DispatchCall>(RunTimeProxies.Dispatch(static _ => { }), new Subjects()),
        ["the same into a bounded channel"] = HandWrittenIntoChannel,
    };

    public static IReadOnlyDictionary<string, Func<CallPath>> All { get; } = new[] { Unrecorded, Queued, Peers }.SelectMany(rows => rows).ToDictionary();

    private static TrialBuilder<ICheckout> Fixed(TrialBuilder<ICheckout> trial) => trial.Using(new FixedSelector());

    private static TrialBuilder<ICheckout> Hashed(TrialBuilder<ICheckout> trial) => trial.UsingSubjectHash();

    private static Func<TrialBuilder<ICheckout>, TrialBuilder<ICheckout>> Once(Func<TrialBuilder<ICheckout>, TrialBuilder<ICheckout>> selecting) =>
        trial => selecting(trial).WithSemantics(ExposureSemantics.OnFirstUse);

    private static Channel<T> Bounded<T>() => Channel.CreateBounded<T>(new BoundedChannelOptions(8_192) { SingleReader = true, SingleWriter = true });

    private static void Drain<T>(ChannelReader<T> reader)
    {
        while (reader.TryRead(out _))
        {
        }
    }

    private static CallPath IntoChannel()
    {
        var channel = Bounded<RingRecord>();
        return new CheckoutCalls<ChannelCall>(new ChannelCheckout(channel.Writer), new Subjects(), () => Drain(channel.Reader));
    }

    private static CallPath HandWrittenIntoChannel()
    {
        var channel = Bounded<DataPlaneEnvelope>();
        return new CheckoutCalls<HandWrittenChannelCall>(HandWrittenDecorator.To(channel.Writer), new Subjects(), () => Drain(channel.Reader));
    }

    private static CallPath IntoLogs()
    {
        var pipeline = new LogPipeline();
        return new CheckoutCalls<TelemetryLogCall>(new LoggingCheckout(pipeline.Logger), new Subjects(), pipeline.Drain, pipeline);
    }

    private static CallPath IntoActivities()
    {
        var checkout = new ActivityCheckout();
        return new CheckoutCalls<ActivityCall>(checkout, new Subjects(), checkout.Drain, checkout);
    }

    private readonly struct DirectCall : ICheckoutCall;

    private readonly struct OffCall : ICheckoutCall;

    private readonly struct HashedOffCall : ICheckoutCall;

    private readonly struct ExposuresOffCall : ICheckoutCall;

    private readonly struct SampledOutCall : ICheckoutCall;

    private readonly struct RepeatCall : ICheckoutCall;

    private readonly struct ManyRepeatsCall : ICheckoutCall;

    private readonly struct HashedRepeatCall : ICheckoutCall;

    private readonly struct ManyHashedRepeatsCall : ICheckoutCall;

    private readonly struct StickyCall : ICheckoutCall;

    private readonly struct RingCall;

    private readonly struct ManyRingCall;

    private readonly struct QueuedCall : ICheckoutCall;

    private readonly struct HashedQueuedCall : ICheckoutCall;

    private readonly struct ManyQueuedCall : ICheckoutCall;

    private readonly struct ManyHashedQueuedCall : ICheckoutCall;

    private readonly struct AttributedCall : ICheckoutCall
    {
        public static int Make(ICheckout checkout, string user) => checkout.TotalOf(user, "FR", user.Length);
    }

    private readonly struct AsyncCall : ICheckoutCall
    {
        public static int Make(ICheckout checkout, string user)
        {
            var total = checkout.TotalAsync(user);
            return total.IsCompletedSuccessfully ? total.Result : throw new InvalidOperationException("The call was to complete synchronously.");
        }
    }

    private readonly struct RoutingCall : ICheckoutCall;

    private readonly struct LeanCall : ICheckoutCall;

    private readonly struct ChannelCall : ICheckoutCall;

    private readonly struct LogCall : ICheckoutCall;

    private readonly struct FormattedLogCall : ICheckoutCall;

    private readonly struct TelemetryLogCall : ICheckoutCall;

    private readonly struct ActivityCall : ICheckoutCall;

    private readonly struct HandWrittenCall : ICheckoutCall;

    private readonly struct CastleCall : ICheckoutCall;

    private readonly struct DispatchCall : ICheckoutCall;

    private readonly struct HandWrittenChannelCall : ICheckoutCall;
}
