using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Tests.Exposure;

/// <summary>Guarantee 10 (docs/concepts/guarantees.md): whatever goes wrong around a call, the call behaves as it would without a proxy.</summary>
public sealed class CallerIsNeverHurtTests
{
    [Theory]
    [InlineData(ExposureSemantics.OnDecision)]
    [InlineData(ExposureSemantics.OnFirstUse)]
    public async Task By_a_value_whose_own_formatting_throws(ExposureSemantics semantics)
    {
        await using var fixture = DataPlaneFixture.With(
            builder => builder.Trial<IOdd>(trial => trial.AddControl<Odd>().WithSemantics(semantics)), services: services => services.AddSingleton<Odd>());

        Assert.Equal("odd", fixture.Get<IOdd>().Use("u1", new Unprintable()));
        Assert.Equal("odd", fixture.Get<IOdd>().ByUnprintable(new Unprintable()));

        Assert.Equal("Unprintable", fixture.Exposures[0].Attributes!["value"]);
        Assert.Equal("u1", fixture.Exposures[0].SubjectId);
    }

    [Fact]
    public async Task By_a_time_at_the_edge_of_its_range()
    {
        await using var fixture = DataPlaneFixture.With(builder => builder.Trial<IOdd>(trial => trial.AddControl<Odd>()), services: services => services.AddSingleton<Odd>());

        foreach (var kind in Enum.GetValues<DateTimeKind>())
        {
            Assert.Equal("odd", fixture.Get<IOdd>().When("u1", DateTime.SpecifyKind(DateTime.MinValue, kind)));
            Assert.Equal("odd", fixture.Get<IOdd>().When("u1", DateTime.SpecifyKind(DateTime.MaxValue, kind)));
        }

        Assert.Equal(6, fixture.Exposures.Count);
    }

    [Fact]
    public void By_a_logger_that_throws()
    {
        var services = new ServiceCollection().AddSingleton<Hello>().AddSingleton<Bonjour>().AddInMemoryDataBackplane();
        services.AddSingleton<ISubjectIdentityProvider>(new FixedSubject("s") { Failure = new InvalidOperationException("no request") });
        services.AddLogging(logging => logging.AddProvider(new BrokenLogger()));
        services.AddExperimentFramework(builder => builder.WithExposureLogging().Trial<IGreeter>(trial => trial
            .AddControl<Hello>().AddVariant<Bonjour>("b").Using(new FixedSelector("b") { Failure = new InvalidOperationException("down") })));
        using var provider = services.BuildServiceProvider();

        Assert.Equal("hello", provider.GetRequiredService<IGreeter>().GreetSomeone());
    }

    [Fact]
    public async Task By_a_metrics_listener_that_throws()
    {
        var calls = 0;
        await using var fixture = DataPlaneFixture.With(
            experiments => experiments.Trial<IBare>(trial => trial.AddControl<Bare>()), services: services => services.AddSingleton<Bare>());
        var factory = fixture.Get<IMeterFactory>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                // Of this container alone: other tests run beside this one.
                if (instrument.Meter.Name == DeliveryMetrics.MeterName && ReferenceEquals(instrument.Meter.Scope, factory))
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) =>
        {
            Interlocked.Increment(ref calls);
            throw new InvalidOperationException("exporter");
        });
        listener.Start();

        // A value is replaced, which is counted on the caller's thread.
        fixture.Get<IBare>().Run("u1", new object());

        Assert.InRange(calls, 1, 2);
        Assert.Single(fixture.Exposures);
    }

    [Fact]
    public async Task Faults_that_alternate_are_a_line_each_and_not_one_per_call()
    {
        var calls = 0;
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new FuncSelector(() =>
            calls++ % 2 == 0 ? throw new InvalidOperationException("down") : "missing")));

        for (var i = 0; i < 1_000; i++)
        {
            fixture.Get<IGreeter>().Greet($"u{i}");
        }

        Assert.Equal(2, fixture.Logs.Count(record => record.Level == LogLevel.Error));
    }

    [Fact]
    public async Task A_provider_that_fails_in_every_scope_is_one_line()
    {
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(new FixedSelector("b")),
            services: services => services.AddScoped<ISubjectIdentityProvider>(_ => new FixedSubject("s") { Failure = new InvalidOperationException("no request") }));

        for (var i = 0; i < 100; i++)
        {
            await using var scope = fixture.Scope();
            scope.ServiceProvider.GetRequiredService<IGreeter>().GreetSomeone();
        }

        Assert.Single(fixture.Logs, record => record.Level == LogLevel.Error);
    }
}

public sealed class Unprintable : IFormattable
{
    public string ToString(string? format, IFormatProvider? formatProvider) => throw new InvalidOperationException("no text");
}

[ExposureLogged("odd")]
public interface IOdd
{
    string Use([ExposureSubject] string subject, [ExposureAttribute] Unprintable value);

    string When([ExposureSubject] string subject, [ExposureAttribute] DateTime value);

    string ByUnprintable([ExposureSubject] Unprintable subject);
}

public sealed class Odd : IOdd
{
    public string Use(string subject, Unprintable value) => "odd";

    public string When(string subject, DateTime value) => "odd";

    public string ByUnprintable(Unprintable subject) => "odd";
}

[ExposureLogged("bare")]
public interface IBare
{
    void Run([ExposureSubject] string subject, [ExposureAttribute] object value);
}

public sealed class Bare : IBare
{
    public void Run(string subject, object value)
    {
    }
}
