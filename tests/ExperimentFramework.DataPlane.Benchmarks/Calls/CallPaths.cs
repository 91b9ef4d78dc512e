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

    private const int Many = 100_000;

    public static IReadOnlyDictionary<string, Func<CallPath>> All { get; } = new Dictionary<string, Func<CallPath>>
    {
        [Direct] = () => new CheckoutCalls<DirectCall>(new OtherCheckout(), new Subjects()),
        ["switched off"] = () => new CheckoutCalls<OffCall>(
            new CheckoutHost(options: data => data.EnableExposureEvents = data.EnableAssignmentEvents = false), new Subjects()),
        ["exposures off, changed assignments told"] = () => new CheckoutCalls<ExposuresOffCall>(
            new CheckoutHost(options: data => data.EnableExposureEvents = false), new Subjects()),
        ["sampled out"] = () => new CheckoutCalls<SampledOutCall>(new CheckoutHost(trial => Fixed(trial).WithSamplingRate(1e-9)), new Subjects()),
        ["repeat under OnFirstUse"] = () => new CheckoutCalls<RepeatCall>(new CheckoutHost(trial => OnFirstUse(Fixed(trial))), new Subjects()),
        ["repeat, 100,000 rotating subjects"] = () => new CheckoutCalls<ManyRepeatsCall>(new CheckoutHost(trial => OnFirstUse(Fixed(trial))), new Subjects(Many)),
        ["repeat, hash selector"] = () => new CheckoutCalls<HashedRepeatCall>(
            new CheckoutHost(trial => OnFirstUse(trial.UsingSubjectHash())), new Subjects()),
        ["repeat, hash selector, 100,000 rotating subjects"] = () => new CheckoutCalls<ManyHashedRepeatsCall>(
            new CheckoutHost(trial => OnFirstUse(trial.UsingSubjectHash())), new Subjects(Many)),
        ["repeat, sticky assignment from the cache"] = () => new CheckoutCalls<StickyCall>(
            new CheckoutHost(trial => OnFirstUse(Fixed(trial).WithPolicy(AssignmentPolicy.SubjectSticky))), new Subjects()),
        [Floor] = () => new RingFloor(new Subjects()),
        ["exposure, queued"] = () => new CheckoutCalls<QueuedCall>(new CheckoutHost(), new Subjects()),
        ["exposure, queued, 100,000 rotating subjects"] = () => new CheckoutCalls<ManyQueuedCall>(new CheckoutHost(), new Subjects(Many)),
        ["exposure, queued, two attributes"] = () => new CheckoutCalls<AttributedCall>(new CheckoutHost(), new Subjects()),
        ["exposure, queued, ValueTask member"] = () => new CheckoutCalls<AsyncCall>(new CheckoutHost(), new Subjects()),
        [HandWritten] = () => new CheckoutCalls<HandWrittenCall>(new HandWrittenDecorator(), new Subjects()),
    };

    private static TrialBuilder<ICheckout> Fixed(TrialBuilder<ICheckout> trial) => trial.Using(new FixedSelector());

    private static void OnFirstUse(TrialBuilder<ICheckout> trial) => trial.WithSemantics(ExposureSemantics.OnFirstUse);

    private readonly struct DirectCall : ICheckoutCall;

    private readonly struct OffCall : ICheckoutCall;

    private readonly struct ExposuresOffCall : ICheckoutCall;

    private readonly struct SampledOutCall : ICheckoutCall;

    private readonly struct RepeatCall : ICheckoutCall;

    private readonly struct ManyRepeatsCall : ICheckoutCall;

    private readonly struct HashedRepeatCall : ICheckoutCall;

    private readonly struct ManyHashedRepeatsCall : ICheckoutCall;

    private readonly struct StickyCall : ICheckoutCall;

    private readonly struct QueuedCall : ICheckoutCall;

    private readonly struct ManyQueuedCall : ICheckoutCall;

    private readonly struct HandWrittenCall : ICheckoutCall;

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
}
