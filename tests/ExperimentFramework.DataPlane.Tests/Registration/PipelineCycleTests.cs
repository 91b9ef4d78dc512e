using ExperimentFramework.DataPlane.Tests.Assignment;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Tests.Registration;

/// <summary>What the pipeline needs and what needs the pipeline in its constructor gets an error that names the cycle, and not the end of the stack.</summary>
public sealed class PipelineCycleTests
{
    public static TheoryData<string, Action<IServiceCollection>, Type> Cycles => new()
    {
        { "a destination", services => services.AddDataBackplane<CyclicBackplane>(), typeof(CyclicBackplane) },
        { "a destination", services => services.AddSingleton<IDataBackplane>(provider => new CyclicBackplane(provider.GetRequiredService<IEventPublisher>())), typeof(Func<>) },
        { "a destination", services => services.AddCompositeDataBackplane(provider => new CyclicBackplane(provider.GetRequiredService<IEventPublisher>())), typeof(Func<>) },
        { "a destination", services => services.AddDataBackplane<ServedBackplane>(), typeof(ServedBackplane) },
        { "the redactor or the pseudonym key provider", services => services.AddSingleton<IExposureRedactor, CyclicRedactor>(), typeof(CyclicRedactor) },
        { "the redactor or the pseudonym key provider", services => services.AddSingleton<IPseudonymKeyProvider, CyclicKeys>(), typeof(CyclicKeys) },
        { "an assignment store", services => services.AddAssignmentStore(CyclicStore), typeof(Func<>) },
        { "a logger provider", services => services.AddSingleton<ILoggerProvider, CyclicLoggers>(), typeof(CyclicLoggers) },
        { "a configuration of DataPlaneOptions", services => services.AddSingleton<IConfigureOptions<DataPlaneOptions>, CyclicOptions>(), typeof(CyclicOptions) },
    };

    [Theory]
    [MemberData(nameof(Cycles), DisableDiscoveryEnumeration = true)]
    public void A_cycle_through_the_publisher_is_named(string what, Action<IServiceCollection> register, Type culprit)
    {
        foreach (var first in new[] { typeof(IEventPublisher), typeof(IGreeter), typeof(ILoggerFactory) })
        {
            var services = new ServiceCollection();
            services.AddLogging().AddInMemoryDataBackplane();
            services.AddSingleton<Hello>().AddSingleton<Bonjour>();
            services.AddExperimentFramework(experiments => experiments.WithExposureLogging().Trial<IGreeter>(trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b")));
            register(services);
            using var provider = services.BuildServiceProvider();
            if (first == typeof(ILoggerFactory) && what != "a logger provider")
            {
                continue;
            }

            var error = Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService(first));

            Assert.Contains($"IEventPublisher cannot be created, because {what} needs it", error.Message, StringComparison.Ordinal);
            Assert.Contains(culprit == typeof(Func<>) ? "a factory" : culprit.ToString(), error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_cannot_be_created_says_so_each_time_and_is_no_cycle()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IDataBackplane>(_ => throw new InvalidOperationException("no broker"));
        services.AddDataBackplane();
        using var provider = services.BuildServiceProvider();

        for (var attempt = 0; attempt < 2; attempt++)
        {
            Assert.Equal("no broker", Assert.Throws<InvalidOperationException>(provider.GetRequiredService<IEventPublisher>).Message);
        }
    }

    [Fact]
    public void What_may_have_asked_is_named_once()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IDataBackplane>(provider => new CyclicBackplane(provider.GetRequiredService<IEventPublisher>()));
        services.AddSingleton<IDataBackplane>(provider => new CyclicBackplane(provider.GetRequiredService<IEventPublisher>()));
        services.AddDataBackplane();
        using var provider = services.BuildServiceProvider();

        Assert.Contains("of an experiment: a factory. Inject", Assert.Throws<InvalidOperationException>(provider.GetRequiredService<IEventPublisher>).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_composite_that_asks_for_itself_is_named()
    {
        var services = new ServiceCollection();
        services.AddLogging().AddCompositeDataBackplane(provider => provider.GetRequiredService<IDataBackplane>());
        using var provider = services.BuildServiceProvider();

        Assert.Contains("which is the composite itself", Assert.Throws<InvalidOperationException>(provider.GetRequiredService<IEventPublisher>).Message, StringComparison.Ordinal);
        Assert.Contains("which is the composite itself", Assert.Throws<InvalidOperationException>(provider.GetRequiredService<IDataBackplane>).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_destination_that_asks_later_is_in_order()
    {
        var services = new ServiceCollection();
        services.AddLogging().AddDataBackplane().AddSingleton<IDataBackplane>(provider => new LazyBackplane(provider));
        await using var provider = services.BuildServiceProvider();

        Assert.Same(provider.GetRequiredService<IEventPublisher>(), ((LazyBackplane)provider.GetRequiredService<IDataBackplane>()).Publisher);
    }

    private static FaultyStore CyclicStore(IServiceProvider provider)
    {
        provider.GetRequiredService<IEventPublisher>();
        return new FaultyStore();
    }

    private class LazyBackplane(IServiceProvider provider) : AcceptingBackplane
    {
        public IEventPublisher Publisher => provider.GetRequiredService<IEventPublisher>();
    }

    private sealed class CyclicBackplane(IEventPublisher publisher) : LazyBackplane(null!)
    {
        public new IEventPublisher Publisher => publisher;
    }

    private sealed class ServedBackplane(IGreeter greeter) : LazyBackplane(null!)
    {
        public IGreeter Greeter => greeter;
    }

    private sealed class CyclicRedactor(IEventPublisher publisher) : IExposureRedactor
    {
        public string? Redact(string field, string value) => publisher.ToString();
    }

    private sealed class CyclicKeys(IEventPublisher publisher) : IPseudonymKeyProvider
    {
        public PseudonymKey GetKey() => throw new InvalidOperationException(publisher.ToString());
    }

    private sealed class CyclicLoggers(IEventPublisher publisher) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => throw new InvalidOperationException(publisher.ToString());

        public void Dispose()
        {
        }
    }

    private sealed class CyclicOptions(IEventPublisher publisher) : IConfigureOptions<DataPlaneOptions>
    {
        public void Configure(DataPlaneOptions options) => throw new InvalidOperationException(publisher.ToString());
    }
}
