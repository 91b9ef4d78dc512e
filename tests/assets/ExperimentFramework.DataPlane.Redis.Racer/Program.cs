using System.Collections.Concurrent;
using System.Globalization;
using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.Redis.Racer;
using Microsoft.Extensions.DependencyInjection;

// One host of a race: threads that ask for the same subjects, with a selector that answers at random. The test says on standard
// input when to begin and when to come to an end, and reads on standard output what was served and which changes were published.
var (endpoint, seed, threads, subjects) = (args[0], Number(args[1]), Number(args[2]), Number(args[3]));

var time = new ShiftedTime();
var services = new ServiceCollection();
services.AddSingleton<TimeProvider>(time).AddSingleton<ControlRace>().AddSingleton<OtherRace>();
services.AddDataBackplane(options =>
{
    options.ExposureSemantics = ExposureSemantics.OnFirstUse;
    options.StoreTimeout = TimeSpan.FromMilliseconds(500);
});
services.AddInMemoryDataBackplane(capacity: 1_000_000);
services.AddRedisAssignmentStore(endpoint);
services.AddExperimentFramework(experiments => experiments.WithExposureLogging().Trial<IRace>(trial => trial
    .AddControl<ControlRace>().AddVariant<OtherRace>("b")
    .Using(new RandomSelector(seed)).WithPolicy(AssignmentPolicy.GloballySticky)));
await using var provider = services.BuildServiceProvider();
var race = provider.GetRequiredService<IRace>();
var served = new ConcurrentDictionary<string, ConcurrentDictionary<string, bool>>();
var exceptions = 0;
var rounds = 0;

Console.WriteLine("ready");
await Console.In.ReadLineAsync();
using var ending = new CancellationTokenSource();
var running = Enumerable.Range(0, threads).Select(thread => new Thread(() => Run(thread))).ToList();
running.ForEach(thread => thread.Start());
await Console.In.ReadLineAsync();
await ending.CancelAsync();
running.ForEach(thread => thread.Join());

// Everybody has come to an end before the last round. A subject that missed the store is not looked up again for a second, which is over by then.
Console.WriteLine("ended");
await Console.In.ReadLineAsync();
time.Shift(TimeSpan.FromSeconds(2));
for (var subject = 0; subject < subjects; subject++)
{
    Console.WriteLine($"last {subject} {Ask(subject)} {string.Join(',', served[$"user-{subject}"].Keys)}");
}

foreach (var payload in provider.GetRequiredService<InMemoryDataBackplane>().Events.Select(envelope => envelope.Payload))
{
    Console.WriteLine(payload switch
    {
        AssignmentEvent change => $"change {change.SubjectId!["user-".Length..]} {change.PreviousVariantKey} {change.NewVariantKey} {change.ChangeReason}",
        ExposureEvent exposure => $"exposure {exposure.SubjectId!["user-".Length..]} {exposure.VariantKey} {exposure.SelectionReason}",
        _ => "other",
    });
}

Console.WriteLine($"end {exceptions} {rounds}");

void Run(int thread)
{
    // Each thread in an order of its own, at least once around.
    var order = Enumerable.Range(0, subjects).ToArray();
    new Random(seed + thread).Shuffle(order);
    do
    {
        foreach (var subject in order)
        {
            Ask(subject);
        }

        Interlocked.Increment(ref rounds);
    }
    while (!ending.IsCancellationRequested);
}

string Ask(int subject)
{
    var id = $"user-{subject}";
    try
    {
        var variant = race.Variant(id);
        served.GetOrAdd(id, _ => new ConcurrentDictionary<string, bool>()).TryAdd(variant, true);
        return variant;
    }
    catch (Exception exception)
    {
        Interlocked.Increment(ref exceptions);
        Console.Error.WriteLine(exception);
        return "none";
    }
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

internal sealed class RandomSelector(int seed) : IVariantSelector
{
    private static readonly VariantSelection Control = new("control", "random");
    private static readonly VariantSelection Other = new("b", "random");
    private int _calls = seed;

    public VariantSelection Select(in SelectionContext context) =>
        new Random(Interlocked.Increment(ref _calls)).Next(2) == 0 ? Control : Other;
}

/// <summary>The system's time, and more.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private long _shift;

    public override long GetTimestamp() => base.GetTimestamp() + Volatile.Read(ref _shift);

    public void Shift(TimeSpan by) => Interlocked.Add(ref _shift, (long)(by.TotalSeconds * TimestampFrequency));
}
