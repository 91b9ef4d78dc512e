using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using static ExperimentFramework.DataPlane.Tests.Configuration.ConfiguredGreeting;

namespace ExperimentFramework.DataPlane.Tests.Configuration;

/// <summary>Which of several settings of one option applies (docs/reference/configuration.md).</summary>
public sealed class OptionPrecedenceTests
{
    [Theory]
    [InlineData(null, null, null, 1)]
    [InlineData("0.5", null, null, 0.5)]
    [InlineData("0.5", 0.25, null, 0.25)]
    [InlineData("0.5", 0.25, "0.75", 0.75)]
    [InlineData(null, 0.25, "1", 1)]
    [InlineData("0.5", null, "0", 0)]
    public async Task An_experiments_own_rate_goes_before_the_trials_and_that_before_the_global_one(string? global, double? trial, string? own, double expected)
    {
        await using var fixture = Greeting(
            Settings(("DataPlane:SamplingRate", global), ("DataPlane:Experiments:GREETING:SamplingRate", own)),
            builder => trial is { } rate ? builder.WithSamplingRate(rate) : builder);

        GreetAll(fixture);

        Assert.InRange(fixture.Exposures.Count, (expected * 1_000) - (expected is 0 or 1 ? 0 : 60), (expected * 1_000) + (expected is 0 or 1 ? 0 : 60));
        Assert.All(fixture.Exposures, exposure => Assert.Equal(expected, exposure.SamplingRate));
    }

    [Fact]
    public async Task The_attribute_goes_before_the_global_rate_and_the_experiments_own_before_the_attribute()
    {
        await using var byAttribute = Sampled(Settings(("DataPlane:SamplingRate", "1")));
        await using var byOwn = Sampled(Settings(("DataPlane:SamplingRate", "0.5"), ("DataPlane:Experiments:sampled:SamplingRate", "0.75")));

        Assert.Equal(0.25, Rate(byAttribute));
        Assert.Equal(0.75, Rate(byOwn));

        static DataPlaneFixture Sampled(IConfiguration configuration) => DataPlaneFixture.With(
            builder => builder.Trial<ISampled>(trial => trial.AddControl<Sampled>()),
            services: services => services.AddSingleton(configuration).AddSingleton<Sampled>());

        static double Rate(DataPlaneFixture fixture)
        {
            foreach (var subject in Subjects)
            {
                fixture.Get<ISampled>().Call(subject);
            }

            return Assert.Single(fixture.Exposures.Select(exposure => exposure.SamplingRate).Distinct());
        }
    }

    [Fact]
    public async Task An_experiments_own_semantics_and_memory_go_before_the_global_ones()
    {
        await using var fixture = Greeting(Settings(
            ("DataPlane:ExposureSemantics", "OnDecision"),
            ("DataPlane:Experiments:greeting:ExposureSemantics", "OnFirstUse"),
            ("DataPlane:Experiments:greeting:RepeatWindow", "00:01:00"),
            ("DataPlane:Experiments:greeting:RepeatCapacity", "1")));

        Greet("a");
        Greet("a");
        Assert.Single(fixture.Exposures);
        fixture.Time.Advance(TimeSpan.FromMinutes(2));
        Greet("a");
        Assert.Equal(2, fixture.Exposures.Count);
        Greet("b");
        Greet("a");
        Assert.Equal(4, fixture.Exposures.Count);

        void Greet(string user) => fixture.Get<IGreeter>().Greet(user);
    }

    [Fact]
    public async Task What_code_sets_goes_before_the_configuration()
    {
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.UsingSubjectHash(),
            options => options.SamplingRate = 1,
            services => services.AddSingleton(Settings(("DataPlane:SamplingRate", "0"))));

        GreetAll(fixture);

        Assert.Equal(1_000, fixture.Exposures.Count);
    }

    [Fact]
    public void Code_goes_before_the_configuration_whichever_is_registered_first()
    {
        foreach (var isFirst in new[] { true, false })
        {
            var services = new ServiceCollection();
            services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([new("DataPlane:RepeatCapacity", "5")]).Build());
            if (isFirst)
            {
                services.Configure<DataPlaneOptions>(options => options.RepeatCapacity = 7);
            }

            services.AddDataBackplane();
            if (!isFirst)
            {
                services.Configure<DataPlaneOptions>(options => options.RepeatCapacity = 7);
            }

            using var provider = services.BuildServiceProvider();
            Assert.Equal(7, provider.GetRequiredService<IOptions<DataPlaneOptions>>().Value.RepeatCapacity);
        }
    }
}

[ExposureLogged("sampled", SamplingRate = 0.25)]
public interface ISampled
{
    void Call([ExposureSubject] string user);
}

public sealed class Sampled : ISampled
{
    public void Call(string user)
    {
    }
}
