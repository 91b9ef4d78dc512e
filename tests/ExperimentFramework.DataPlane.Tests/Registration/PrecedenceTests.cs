using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Registration;

/// <summary>Who goes before whom: the options of the experiment, the builder, the attribute, the options of all.</summary>
public sealed class PrecedenceTests
{
    [Theory]
    [InlineData(null, null, 1)]
    [InlineData(ExposureSemantics.OnDecision, null, 2)]
    [InlineData(ExposureSemantics.Explicit, null, 0)]
    [InlineData(ExposureSemantics.Explicit, ExposureSemantics.OnDecision, 2)]
    [InlineData(null, ExposureSemantics.OnDecision, 2)]
    public async Task Semantics_are_those_of_the_experiments_options_then_of_the_builder_then_of_the_attribute(
        ExposureSemantics? builder, ExposureSemantics? own, int exposures)
    {
        await using var trial = DataPlaneFixture.With(
            experiments => experiments.Trial<ILabelled>(trial => Set(trial.AddControl<Labelled>().AddVariant<OtherLabelled>("other").WithSamplingRate(1))),
            Options);
        await using var logged = Logged(logging => SetLogging(logging.WithSamplingRate(1)), Options);

        Assert.Equal(exposures, Calls(trial.Services));
        Assert.Equal(exposures, Calls(logged));

        void Options(DataPlaneOptions options)
        {
            options.ExposureSemantics = ExposureSemantics.OnDecision;
            if (own is not null)
            {
                options.Experiments["labelled"] = new ExperimentOptions { ExposureSemantics = own };
            }
        }

        void Set(TrialBuilder<ILabelled> trial) => _ = builder is { } semantics ? trial.WithSemantics(semantics) : trial;

        void SetLogging(ExposureLoggingBuilder<ILabelled> logging) => _ = builder is { } semantics ? logging.WithSemantics(semantics) : logging;
    }

    [Theory]
    [InlineData(null, null, 0)]
    [InlineData(1.0, null, 1)]
    [InlineData(1.0, 0.0, 0)]
    [InlineData(null, 1.0, 1)]
    public async Task The_sampling_rate_is_that_of_the_experiments_options_then_of_the_builder_then_of_the_attribute(
        double? builder, double? own, int exposures)
    {
        await using var trial = DataPlaneFixture.With(
            experiments => experiments.Trial<ILabelled>(trial => Set(trial.AddControl<Labelled>().AddVariant<OtherLabelled>("other"))),
            Options);
        await using var logged = Logged(SetLogging, Options);

        Assert.Equal(exposures, Calls(trial.Services));
        Assert.Equal(exposures, Calls(logged));

        void Options(DataPlaneOptions options)
        {
            options.SamplingRate = 1;
            if (own is not null)
            {
                options.Experiments["labelled"] = new ExperimentOptions { SamplingRate = own };
            }
        }

        void Set(TrialBuilder<ILabelled> trial) => _ = builder is { } rate ? trial.WithSamplingRate(rate) : trial;

        void SetLogging(ExposureLoggingBuilder<ILabelled> logging) => _ = builder is { } rate ? logging.WithSamplingRate(rate) : logging;
    }

    private static int Calls(IServiceProvider provider)
    {
        using var scope = provider.CreateScope();
        var service = scope.ServiceProvider.GetRequiredService<ILabelled>();
        service.Use("u");
        service.Use("u");
        return provider.GetRequiredService<InMemoryDataBackplane>().Events.Count(envelope => envelope.Payload is ExposureEvent);
    }

    private static ServiceProvider Logged(Action<ExposureLoggingBuilder<ILabelled>> configure, Action<DataPlaneOptions> options)
    {
        IServiceCollection services = new ServiceCollection();
        services.AddLogging().AddDataBackplane(options).AddInMemoryDataBackplane().AddSingleton<ILabelled, Labelled>();
        services.AddExposureLogging<ILabelled>(logging => configure(logging.Using(new FixedSelector("blue"))));
        return services.BuildServiceProvider(validateScopes: true);
    }

    private class Labelled : ILabelled
    {
        public void Use(string user)
        {
        }
    }

    private sealed class OtherLabelled : Labelled;
}

[ExposureLogged("labelled", Semantics = ExposureSemantics.OnFirstUse, SamplingRate = 0)]
public interface ILabelled
{
    void Use([ExposureSubject("user")] string user);
}
