using System.Collections;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Assignment;

/// <summary>Guarantee 10 (docs/concepts/guarantees.md): whatever application code does while a variant is decided, the caller gets an answer.</summary>
public sealed class HostileCodeTests
{
    [Theory]
    [InlineData(AssignmentPolicy.BestEffort)]
    [InlineData(AssignmentPolicy.SessionSticky)]
    [InlineData(AssignmentPolicy.SubjectSticky)]
    public async Task A_clock_that_throws(AssignmentPolicy policy)
    {
        var clock = new BrokenClock();
        var store = new FaultyStore();
        await using var provider = new ServiceCollection()
            .AddSingleton<TimeProvider>(clock).AddSingleton<Hello>().AddSingleton<Bonjour>().AddLogging()
            .AddDataBackplane(options => options.ExposureSemantics = ExposureSemantics.OnFirstUse).AddInMemoryDataBackplane().AddAssignmentStore(store)
            .AddExperimentFramework(experiments => experiments.WithExposureLogging().Trial<IGreeter>(trial => trial
                .AddControl<Hello>().AddVariant<Bonjour>("b").Using(new FixedSelector("b")).WithPolicy(policy)))
            .BuildServiceProvider();
        await using var scope = provider.CreateAsyncScope();
        var greeter = scope.ServiceProvider.GetRequiredService<IGreeter>();
        var assignments = scope.ServiceProvider.GetRequiredService<ISubjectAssignments>();
        Assert.Equal("bonjour", greeter.Greet("before"));

        clock.IsBroken = true;
        Assert.Equal("bonjour", greeter.Greet("u1"));
        await assignments.PrefetchAsync("u2", "user");
        Assert.Equal("bonjour", greeter.Greet("u2"));
        store.IsDown = true;
        Assert.Equal("bonjour", greeter.Greet("u3"));
        Assert.Equal("bonjour", greeter.Greet("u3"));
        Assert.Equal("bonjour", greeter.GreetSomeone());
        clock.IsBroken = false;
        Assert.Equal("bonjour", greeter.Greet("u1"));
    }

    [Fact]
    public async Task Weights_that_throw_or_change_while_they_are_read_are_declared_with_a_later_exposure()
    {
        var weights = new Changing();
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new Weighted(weights)));

        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));
        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u2"));
        Assert.Empty(Declared(fixture));

        weights.Failure = null;
        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u3"));

        var data = Assert.Single(Declared(fixture)).Data!;
        Assert.Equal((1.0, 3.0), (data["weight:control"], data["weight:b"]));
    }

    [Fact]
    public async Task Weights_that_another_thread_changes()
    {
        var weights = new Dictionary<string, double> { ["control"] = 1, ["b"] = 1 };
        var versions = 0;
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new Weighted(weights, () => $"v{Interlocked.Increment(ref versions)}")));
        using var ending = new CancellationTokenSource();
        var changes = new Thread(() =>
        {
            for (var i = 0; !ending.IsCancellationRequested; i++)
            {
                weights[$"x{i % 50}"] = i;
                weights.Remove($"x{(i + 25) % 50}");
            }
        });
        changes.Start();
        try
        {
            for (var i = 0; i < 990; i++)
            {
                Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet($"u{i}"));
            }
        }
        finally
        {
            await ending.CancelAsync();
            changes.Join();
        }
    }

    [Fact]
    public async Task A_selector_whose_exception_has_no_message()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new FixedSelector("b") { Failure = new Unreadable() }));

        Assert.Equal("hello", fixture.Get<IGreeter>().Greet("u1"));
    }

    [Theory]
    [InlineData("b\r\nforged line")]
    [InlineData("b\u0000")]
    [InlineData("b\u0085")]
    public async Task A_selector_that_names_a_variant_with_control_characters_forges_no_line(string name)
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new FuncSelector(() => name)));

        Assert.Equal("hello", fixture.Get<IGreeter>().Greet("u1"));

        Assert.Equal("unknown-variant", Assert.Single(fixture.Exposures).SelectionReason);
        Assert.DoesNotContain(fixture.Logs, record => record.Message.Any(char.IsControl));
    }

    [Fact]
    public async Task Reason_rule_and_version_of_a_selector_hold_no_control_characters_in_events()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new Texts("why\n", "rule\t1", "v\u00001")));

        fixture.Get<IGreeter>().Greet("u1");

        var exposure = Assert.Single(fixture.Exposures);
        Assert.Equal(("why\uFFFD", "rule\uFFFD1", "v\uFFFD1"), (exposure.SelectionReason, exposure.RulePath, exposure.AllocationVersion));
    }

    [Theory]
    [InlineData("a\nb")]
    [InlineData(" b")]
    [InlineData("")]
    public void A_name_that_no_trial_could_declare_is_no_variant_of_a_flag_system(string name)
    {
        var variants = new OpenVariantSet("control", null);

        Assert.Null(variants.Find(name));
        Assert.Null(variants.Find(new string('x', 257)));
        Assert.NotNull(variants.Find("fine"));
        Assert.Null(variants.Find("half\ud800"));
        Assert.Same(variants.Control, variants.Find("Control"));
        Assert.Equal(["control", "fine"], variants.Keys);
    }

    [Fact]
    public void Texts_are_cut_at_a_thousand_and_twenty_four_and_clean_ones_are_the_same_object()
    {
        var clean = new string('x', 1_024);
        Assert.Same(clean, PrintableText.Sanitize(clean));
        Assert.Equal(clean, PrintableText.Sanitize(clean + "y"));
        Assert.Null(PrintableText.Sanitize(null));
    }

    [Theory]
    [InlineData(AssignmentPolicy.SessionSticky, false)]
    [InlineData(AssignmentPolicy.SubjectSticky, false)]
    [InlineData(AssignmentPolicy.SubjectSticky, true)]
    [InlineData(AssignmentPolicy.GloballySticky, false)]
    [InlineData(AssignmentPolicy.GloballySticky, true)]
    public async Task Parallel_first_calls_of_one_subject_get_one_variant(AssignmentPolicy policy, bool isDown)
    {
        var calls = 0;
        var store = new FaultyStore(isShared: true) { IsDown = isDown };
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(new FuncSelector(() => Interlocked.Increment(ref calls) % 2 == 0 ? "b" : "control")).WithPolicy(policy),
            services: services => services.AddAssignmentStore(store));
        await using var scope = fixture.Scope();
        var greeter = scope.ServiceProvider.GetRequiredService<IGreeter>();
        for (var i = 0; i < 100; i++)
        {
            using var start = new Barrier(4);
            var answers = new string[4];
            var threads = Enumerable.Range(0, 4).Select(thread => new Thread(() =>
            {
                start.SignalAndWait();
                answers[thread] = greeter.Greet($"u{i}");
            })).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => Assert.True(thread.Join(TimeSpan.FromMinutes(1))));

            Assert.Single(answers.Distinct());
        }
    }

    private static IEnumerable<AnalysisSignalEvent> Declared(DataPlaneFixture fixture) => fixture.Backplane.Events.Select(envelope => envelope.Payload).OfType<AnalysisSignalEvent>();

    private sealed class Weighted(IReadOnlyDictionary<string, double> weights, Func<string>? version = null) : IVariantSelector
    {
        public VariantSelection Select(in SelectionContext context) => new("b", "weighted", null, version?.Invoke() ?? "v1") { Weights = weights };
    }

    private sealed class Texts(string reason, string rule, string version) : IVariantSelector
    {
        public VariantSelection Select(in SelectionContext context) => new("b", reason, rule, version);
    }

    private sealed class Changing : IReadOnlyDictionary<string, double>
    {
        private readonly Dictionary<string, double> _inner = new() { ["control"] = 1, ["b"] = 3 };

        public Exception? Failure { get; set; } = new InvalidOperationException("Collection was modified");

        public IEnumerable<string> Keys => Inner.Keys;

        public IEnumerable<double> Values => Inner.Values;

        public int Count => Inner.Count;

        public double this[string key] => Inner[key];

        private Dictionary<string, double> Inner => Failure is null ? _inner : throw Failure;

        public bool ContainsKey(string key) => Inner.ContainsKey(key);

        public bool TryGetValue(string key, out double value) => Inner.TryGetValue(key, out value);

        public IEnumerator<KeyValuePair<string, double>> GetEnumerator() => Inner.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed class Unreadable : Exception
    {
        public override string Message => throw new InvalidOperationException("no message");

        public override string? StackTrace => throw new InvalidOperationException("no stack");

        public override string ToString() => throw new InvalidOperationException("no text");
    }

    private sealed class BrokenClock : TimeProvider
    {
        public bool IsBroken { get; set; }

        public override long GetTimestamp() => IsBroken ? throw new InvalidOperationException("clock") : System.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => IsBroken ? throw new InvalidOperationException("clock") : System.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            IsBroken ? throw new InvalidOperationException("clock") : System.CreateTimer(callback, state, dueTime, period);
    }
}
