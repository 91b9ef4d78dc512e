using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Assignment;

/// <summary>A configuration that is briefly broken changes no variant and reaches no caller.</summary>
public sealed class BrokenConfigurationTests
{
    private readonly Source _source = new();

    public static TheoryData<Action<TrialBuilder<IGreeter>>, string> Readers => new()
    {
        { trial => trial.UsingConfigurationKey("Key"), "trial-selection" },
        { trial => trial.UsingFeatureFlag("Flag"), "trial-selection" },
        { trial => trial.UsingSubjectHash(weightsSection: "Weights"), "hash-assignment" },
        { trial => trial.Using(new FixedSelector("control")).WithOverridesFrom("Overrides"), "override" },
    };

    [Theory]
    [MemberData(nameof(Readers))]
    public async Task A_provider_that_throws_leaves_the_last_good_value_in_force(Action<TrialBuilder<IGreeter>> trial, string reason)
    {
        await using var fixture = With(trial);
        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u"));

        _source.Provider.Failure = new IOException("disk");
        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u"));
        _source.Provider.Touch();
        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u"));
        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u"));

        Assert.All(fixture.Exposures, exposure => Assert.Equal(reason, exposure.SelectionReason));
        Assert.Single(fixture.Logs, record => record.Level == LogLevel.Error && record.Message.StartsWith("Configuration ", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public async Task What_could_not_be_read_is_read_when_it_can_be(Action<TrialBuilder<IGreeter>> trial, string reason)
    {
        await using var fixture = With(trial);
        fixture.Get<IGreeter>().Greet("u");
        _source.Provider.Failure = new IOException("disk");
        _source.Provider.Touch();
        fixture.Get<IGreeter>().Greet("u");

        _source.Provider.Set("Key", "control");
        _source.Provider.Set("Flag", "false");
        _source.Provider.Set("FeatureManagement:Flag", "false");
        _source.Provider.Set("Weights:control", "1");
        _source.Provider.Set("Weights:b", "0");
        _source.Provider.Set("Overrides:u", "control");
        _source.Provider.Failure = null;
        await fixture.Time.AdvanceUntil(() => fixture.Get<IGreeter>().Greet("u") == "hello", TimeSpan.FromSeconds(1));

        Assert.Equal(reason, fixture.Exposures[^1].SelectionReason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_that_cannot_be_parsed_leaves_the_last_good_value_in_force(bool isFlag)
    {
        var folder = Directory.CreateTempSubdirectory("dataplane-configuration-");
        try
        {
            var file = Path.Combine(folder.FullName, "settings.json");
            const string good = """{ "Key": "b", "FeatureManagement": { "Flag": "true" } }""";
            await File.WriteAllTextAsync(file, good);
            var configuration = new ConfigurationBuilder().AddJsonFile(file, optional: false, reloadOnChange: false).Build();
            await using var fixture = DataPlaneFixture.Greeting(
                trial => _ = isFlag ? trial.UsingFeatureFlag("Flag") : trial.UsingConfigurationKey("Key"),
                services: services => services.AddSingleton<IConfiguration>(configuration));
            Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));

            // What the file's watcher does with a file that is half written.
            await File.WriteAllTextAsync(file, """{ "Key": """);
            Assert.ThrowsAny<Exception>(() => typeof(FileConfigurationProvider)
                .GetMethod("Load", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic, [typeof(bool)])!
                .Invoke(configuration.Providers.Single(), [true]));
            Assert.Null(configuration["Key"]);
            Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));
            Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u2"));
            Assert.Single(fixture.Logs, record => record.Level == LogLevel.Error && record.Message.Contains("disappeared without a reload", StringComparison.Ordinal));

            await File.WriteAllTextAsync(file, good.Replace("\"b\"", "\"control\"", StringComparison.Ordinal).Replace("true", "false", StringComparison.Ordinal));
            configuration.Reload();
            Assert.Equal("hello", fixture.Get<IGreeter>().Greet("u1"));

            await File.WriteAllTextAsync(file, good);
            configuration.Reload();
            Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));

            // Taken out on purpose.
            await File.WriteAllTextAsync(file, "{}");
            configuration.Reload();
            Assert.Equal("hello", fixture.Get<IGreeter>().Greet("u1"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_value_that_could_never_be_read_is_a_selector_error()
    {
        await using var fixture = With(trial => trial.UsingConfigurationKey("Key"));
        var greeter = fixture.Get<IGreeter>();
        _source.Provider.Failure = new IOException("disk");

        Assert.Equal("hello", greeter.Greet("u"));
        Assert.Equal("selector-error", fixture.Exposures[0].SelectionReason);
        _source.Provider.Failure = null;
        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u"));
    }

    [Fact]
    public async Task Callers_never_read_overrides_nor_weights()
    {
        await using var fixture = With(trial => trial.UsingSubjectHash(weightsSection: "Weights").WithOverridesFrom("Overrides"));
        fixture.Get<IGreeter>().Greet("u");
        var reads = _source.Provider.Reads;
        for (var i = 0; i < 100; i++)
        {
            fixture.Get<IGreeter>().Greet($"u{i}");
        }

        Assert.Equal(reads, _source.Provider.Reads);
        _source.Provider.Touch();
        Assert.NotEqual(reads, reads = _source.Provider.Reads);
        fixture.Get<IGreeter>().Greet("u");
        Assert.Equal(reads, _source.Provider.Reads);
    }

    [Fact]
    public async Task Overrides_set_and_reloaded_by_other_threads_reach_no_caller_and_the_last_ones_stand()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(new FixedSelector("control")).WithOverridesFrom("Overrides"),
            services: services => services.AddSingleton<IConfiguration>(configuration));
        var greeter = fixture.Get<IGreeter>();
        greeter.Greet("warm");
        using var ending = new CancellationTokenSource();
        Exception? failure = null;
        var callers = Enumerable.Range(0, 2).Select(_ => new Thread(() =>
        {
            try
            {
                while (!ending.IsCancellationRequested)
                {
                    greeter.Greet("u1");
                    Thread.Yield();
                }
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        }) { IsBackground = true }).ToList();
        callers.ForEach(thread => thread.Start());
        var setters = Enumerable.Range(0, 2).Select(setter => new Thread(() =>
        {
            for (var i = 0; i < 200; i++)
            {
                lock (ending)
                {
                    configuration[$"Overrides:{setter}-{i % 50}"] = "b";
                }

                if (i % 20 == 0)
                {
                    configuration.Reload();
                }
            }
        }) { IsBackground = true }).ToList();
        setters.ForEach(thread => thread.Start());
        setters.ForEach(thread => Assert.True(thread.Join(TimeSpan.FromMinutes(3))));
        await ending.CancelAsync();
        callers.ForEach(thread => Assert.True(thread.Join(TimeSpan.FromMinutes(3))));

        Assert.Null(failure);
        configuration["Overrides:u1"] = "b";
        configuration.Reload();
        await fixture.Time.AdvanceUntil(() => greeter.Greet("u1") == "bonjour", TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Weights_that_cannot_be_used_are_said_once_per_reload_and_not_read_again_until_then()
    {
        await using var fixture = With(trial => trial.UsingSubjectHash(weightsSection: "Weights"));
        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u"));
        _source.Provider.Set("Weights:b", "-1");
        _source.Provider.Touch();

        fixture.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u"));

        Assert.Single(fixture.Logs, record => record.Level == LogLevel.Error && record.Message.Contains("the previous weights stay in force", StringComparison.Ordinal));
    }

    [Fact]
    public void A_configuration_outlives_what_reads_it()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
        var reads = 0;
        var snapshot = Watch(configuration, () => reads++);
        for (var i = 0; i < 10 && snapshot.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(snapshot.IsAlive);
        configuration.Reload();
        Assert.Equal(1, reads);
    }

    [Theory]
    [InlineData(2, "new", 0)]
    [InlineData(3, "old", 1)]
    public void A_read_that_fails_is_repeated_at_once_and_the_third_failure_in_a_row_is_logged(int failures, string expected, int lines)
    {
        var configuration = new ConfigurationBuilder().Build();
        var (logger, left, value) = (new FakeLogger(), 0, "old");
        var snapshot = new ConfigurationSnapshot<string>(
            configuration, "Section", () => left-- > 0 ? throw new IOException("disk") : value, new FakeTimeProvider(), logger);

        (left, value) = (failures, "new");
        configuration.Reload();

        Assert.Equal((expected, lines), (snapshot.Current, logger.Collector.Count));
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference Watch(IConfiguration configuration, Action read) => new(new ConfigurationSnapshot<string>(
        configuration,
        "Section",
        () =>
        {
            read();
            return "";
        },
        TimeProvider.System,
        Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance));

    private DataPlaneFixture With(Action<TrialBuilder<IGreeter>> trial) => DataPlaneFixture.Greeting(
        trial, services: services => services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Add(_source).Build()));

    private sealed class Source : IConfigurationSource
    {
        public Provider Provider { get; } = new();

        public IConfigurationProvider Build(IConfigurationBuilder builder) => Provider;
    }

    private sealed class Provider : ConfigurationProvider
    {
        public Provider() => Data = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Key"] = "b", ["FeatureManagement:Flag"] = "true", ["Weights:control"] = "0", ["Weights:b"] = "1", ["Overrides:u"] = "b",
        };

        public Exception? Failure { get; set; }

        public int Reads { get; private set; }

        public void Touch() => OnReload();

        public override bool TryGet(string key, out string? value)
        {
            Reads++;
            return Failure is null ? base.TryGet(key, out value) : throw Failure;
        }

        public override IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath)
        {
            Reads++;
            return Failure is null ? base.GetChildKeys(earlierKeys, parentPath) : throw Failure;
        }
    }
}
