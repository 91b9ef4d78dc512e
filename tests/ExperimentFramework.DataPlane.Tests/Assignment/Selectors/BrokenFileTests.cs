using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Tests.Assignment;

/// <summary>A file of the configuration that cannot be parsed changes no variant, whatever other files do.</summary>
public sealed class BrokenFileTests : IDisposable
{
    private const string Good = """
        {
          "Key": "b", "FeatureManagement": { "Flag": "true" }, "Weights": { "control": "0", "b": "1" }, "Overrides": { "u": "b" }
        }
        """;

    /// <summary>The same values for control.</summary>
    private const string Control = """
        {
          "Key": "control", "FeatureManagement": { "Flag": "false" }, "Weights": { "control": "1", "b": "0" }, "Overrides": { "u": "control" }
        }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dataplane-configuration-");

    public static TheoryData<Action<TrialBuilder<IGreeter>>> Readers => new(
        trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b").UsingConfigurationKey("Key"),
        trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b").UsingFeatureFlag("Flag"),
        trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b", weight: 0).UsingSubjectHash(weightsSection: "Weights"),
        trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b").Using(new FixedSelector("control")).WithOverridesFrom("Overrides"));

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Readers))]
    public async Task A_file_that_cannot_be_parsed_leaves_the_last_values_in_force_although_another_file_reloads(Action<TrialBuilder<IGreeter>> trial)
    {
        var configuration = Configuration(("experiments.json", Good), ("other.json", "{}"));
        await using var fixture = With(trial, configuration);
        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u"));

        Break(configuration, 0);
        Change(configuration, 1, """{ "Other": "1" }""");
        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u"));
        Change(configuration, 1, """{ "Other": "2" }""");
        fixture.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u"));

        var error = Assert.Single(fixture.Logs, record => record.Level == LogLevel.Error);
        Assert.Contains("experiments.json", error.Exception!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public async Task A_file_that_can_be_parsed_again_is_followed_even_if_its_values_are_gone(Action<TrialBuilder<IGreeter>> trial)
    {
        var configuration = Configuration(("experiments.json", Good), ("other.json", "{}"));
        await using var fixture = With(trial, configuration);
        fixture.Get<IGreeter>().Greet("u");
        Break(configuration, 0);
        Change(configuration, 1, """{ "Other": "1" }""");
        fixture.Get<IGreeter>().Greet("u");

        Change(configuration, 0, Control);
        Assert.Equal("hello", fixture.Get<IGreeter>().Greet("u"));

        Change(configuration, 0, Good);
        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u"));

        // Removed on purpose.
        Change(configuration, 0, "{}");
        Assert.Equal("hello", fixture.Get<IGreeter>().Greet("u"));
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public async Task The_values_of_a_file_that_cannot_be_parsed_do_not_give_way_to_those_of_a_file_below_it(Action<TrialBuilder<IGreeter>> trial)
    {
        var configuration = Configuration(("below.json", Control), ("above.json", Good));
        await using var fixture = With(trial, configuration);
        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u"));

        Break(configuration, 1);
        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u"));
        Change(configuration, 0, Control);
        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u"));
    }

    /// <summary>What the file's watcher does when the file changes.</summary>
    private static void Reload(IConfigurationRoot configuration, int file)
    {
        try
        {
            typeof(FileConfigurationProvider)
                .GetMethod("Load", BindingFlags.Instance | BindingFlags.NonPublic, [typeof(bool)])!
                .Invoke(configuration.Providers.ElementAt(file), [true]);
        }
        catch (TargetInvocationException exception) when (exception.InnerException is InvalidDataException)
        {
        }
    }

    private static DataPlaneFixture With(Action<TrialBuilder<IGreeter>> trial, IConfiguration configuration) => DataPlaneFixture.With(
        builder => builder.Trial(trial),
        services: services => services.AddSingleton<Hello>().AddSingleton<Bonjour>().AddSingleton(configuration));

    /// <summary>Changes a file to one that cannot be parsed: its provider empties itself and announces nothing.</summary>
    private static void Break(IConfigurationRoot configuration, int file)
    {
        Change(configuration, file, """{ "Key": """);
        Assert.Empty(configuration.Providers.ElementAt(file).GetChildKeys([], null));
    }

    private static void Change(IConfigurationRoot configuration, int file, string text)
    {
        var source = ((FileConfigurationProvider)configuration.Providers.ElementAt(file)).Source;
        File.WriteAllText(source.FileProvider!.GetFileInfo(source.Path!).PhysicalPath!, text);
        Reload(configuration, file);
    }

    private IConfigurationRoot Configuration(params (string Name, string Text)[] files)
    {
        var builder = new ConfigurationBuilder();
        foreach (var (name, text) in files)
        {
            var path = Path.Combine(_folder.FullName, name);
            File.WriteAllText(path, text);
            builder.AddJsonFile(path, optional: false, reloadOnChange: false);
        }

        return builder.Build();
    }
}
