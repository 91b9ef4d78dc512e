using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Configuration;

/// <summary>The experiment of the greeter, with options from a configuration that a test can change and reload.</summary>
internal static class ConfiguredGreeting
{
    public static readonly string[] Subjects = [.. Enumerable.Range(0, 1_000).Select(i => $"user-{i}")];

    public static IConfigurationRoot Settings(params (string Key, string? Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Where(setting => setting.Value is not null).Select(setting => KeyValuePair.Create(setting.Key, setting.Value)))
        .Build();

    public static void Set(IConfigurationRoot configuration, (string Key, string Value) setting)
    {
        configuration[setting.Key] = setting.Value;
        configuration.Reload();
    }

    public static DataPlaneFixture Greeting(IConfiguration configuration, Func<TrialBuilder<IGreeter>, TrialBuilder<IGreeter>>? trial = null) => DataPlaneFixture.Greeting(
        builder => trial?.Invoke(builder.UsingSubjectHash()),
        services: services => services.AddSingleton(configuration));

    public static void GreetAll(DataPlaneFixture fixture)
    {
        var greeter = fixture.Get<IGreeter>();
        foreach (var subject in Subjects)
        {
            greeter.Greet(subject);
        }
    }
}
