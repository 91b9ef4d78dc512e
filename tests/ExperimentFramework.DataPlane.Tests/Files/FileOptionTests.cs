using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Tests.Files;

/// <summary>Registration, and options from code and configuration.</summary>
public sealed class FileOptionTests : IDisposable
{
    private readonly EventFolder _folder = new();

    [Fact]
    public async Task Events_of_the_pipeline_are_in_the_folder_and_add_up_to_its_last_account()
    {
        var services = new ServiceCollection();
        services.AddFileDataBackplane(_folder.Path);
        await using (var provider = services.BuildServiceProvider())
        {
            foreach (var envelope in EventFolder.Events(0, 100))
            {
                await provider.GetRequiredService<IEventPublisher>().PublishAsync(envelope.Payload, TestContext.Current.CancellationToken);
            }
        }

        var events = await _folder.ReadAsync();
        Assert.Equal(100, events.Count(envelope => envelope.Payload is ExposureEvent));
        Assert.Equal(100, events.Select(envelope => envelope.Payload).OfType<AccountingEvent>().Single(account => account.IsLast).Published.Sum(row => row.Count));
    }

    [Fact]
    public void The_section_is_bound_and_code_overrides_it()
    {
        var services = Services(
            ("Layout", "partitioned"), ("Compression", "None"), ("Durability", "Disk"), ("Format", "cloudEvents"), ("RollBytes", "8192"), ("RollInterval", "00:10:00"), ("RetentionAge", "90.00:00:00"), ("RetentionBytes", "100000"));
        services.AddFileDataBackplane(_folder.Path, options => options.RollBytes = 4_096);

        var options = Get(services);

        Assert.Equal(
            (FileLayout.Partitioned, FileCompression.None, FileDurability.Disk, EventFormat.CloudEvents, 4_096, TimeSpan.FromMinutes(10), TimeSpan.FromDays(90), 100_000L),
            (options.Layout, options.Compression, options.Durability, options.Format, options.RollBytes, options.RollInterval, options.RetentionAge, options.RetentionBytes));
    }

    [Theory]
    [InlineData("Rollbyte", "8192", "Configuration key 'DataPlane:Files:Rollbyte' is unknown; expected one of RollBytes, RollInterval, Durability, Format, Compression, Layout, RetentionAge, RetentionBytes.")]
    [InlineData("RollBytes:x", "8192", "Configuration key 'DataPlane:Files:RollBytes' is a section; it must be a single value.")]
    [InlineData("Format", "Avro", "Configuration value 'DataPlane:Files:Format' is 'Avro'; it must be one of Json, CloudEvents.")]
    [InlineData("Compression", "zstd", "Configuration value 'DataPlane:Files:Compression' is 'zstd'; it must be one of None, Gzip.")]
    [InlineData("RetentionAge", "90", "Configuration value 'DataPlane:Files:RetentionAge' is '90', which .NET parses as 90 days.")]
    [InlineData("RollBytes", "64MiB", "Configuration value 'DataPlane:Files:RollBytes' is '64MiB'; it must be a number of bytes without a unit: 67108864.")]
    [InlineData("RollBytes", "1.5 gb", "Configuration value 'DataPlane:Files:RollBytes' is '1.5 gb'; it must be a number of bytes without a unit: 1500000000.")]
    [InlineData("RollBytes", "64M", "Configuration value 'DataPlane:Files:RollBytes' is '64M'; it must be a number of bytes without a unit: 67108864.")]
    [InlineData("RetentionBytes", "1e9", "Configuration value 'DataPlane:Files:RetentionBytes' is '1e9'; it must be a number of bytes without a unit: 67108864 for 64 MiB.")]
    [InlineData("RetentionBytes", "99999999999999999999", "Configuration value 'DataPlane:Files:RetentionBytes' is '99999999999999999999'; it must be a number of bytes without a unit: 67108864 for 64 MiB.")]
    public void A_section_that_is_not_understood_stops_the_start(string key, string value, string message)
    {
        var services = Services((key, value));
        services.AddFileDataBackplane(_folder.Path);

        var error = Assert.Throws<InvalidOperationException>(() => Get(services));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_out_of_its_range_is_named_by_its_key_and_one_of_code_by_its_option_and_each_is_a_sentence()
    {
        var services = Services(("RollBytes", "1"), ("RetentionBytes", " 2 "), ("Durability", "7"), ("Format", "2"), ("RollInterval", "00:00:00.5"), ("RetentionAge", "00:00:01"));
        services.AddFileDataBackplane(_folder.Path, options => options.RetentionAge = TimeSpan.FromSeconds(2));

        var error = Assert.Throws<OptionsValidationException>(() => Get(services));

        Assert.Equal(
            "Configuration value 'DataPlane:Files:RollBytes' is 1; it must be from 4096 to 17179869184. "
            + "Configuration value 'DataPlane:Files:RollInterval' is 00:00:00.5000000; it must be from 1 s to 7 days. "
            + "Configuration value 'DataPlane:Files:Durability' is 7; it must be one of Process, Disk. "
            + "Configuration value 'DataPlane:Files:Format' is 2; it must be one of Json, CloudEvents. "
            + "FileDataBackplaneOptions.RetentionAge is 00:00:02; it must be from 1 minute to 3650 days. "
            + "Configuration value 'DataPlane:Files:RetentionBytes' is 2; it must be from 4096 to 1125899906842624.",
            error.Message);
    }

    [Fact]
    public void The_section_is_bound_although_the_application_validates_the_options_too()
    {
        var services = Services(("RollBytes", "8192"));
        services.AddOptions<FileDataBackplaneOptions>(_folder.Path).Validate(options => options.RollBytes > 0);
        services.AddFileDataBackplane(_folder.Path);

        Assert.Equal(8_192, Get(services).RollBytes);
    }

    [Fact]
    public void Every_bound_is_checked_with_name_value_and_range()
    {
        Check(options => options.RollBytes = 4_095, "FileDataBackplaneOptions.RollBytes is 4095; it must be from 4096 to 17179869184.");
        Check(options => options.RollBytes = 4_096, null);
        Check(options => options.RollBytes = 1L << 34, null);
        Check(options => options.RollBytes = (1L << 34) + 1, "FileDataBackplaneOptions.RollBytes is 17179869185; it must be from 4096 to 17179869184.");
        Check(options => options.RollInterval = TimeSpan.FromMilliseconds(999), "FileDataBackplaneOptions.RollInterval is 00:00:00.9990000; it must be from 1 s to 7 days.");
        Check(options => options.RollInterval = TimeSpan.FromDays(7), null);
        Check(options => options.RetentionAge = TimeSpan.FromSeconds(59), "FileDataBackplaneOptions.RetentionAge is 00:00:59; it must be from 1 minute to 3650 days.");
        Check(options => options.RetentionAge = TimeSpan.FromMinutes(1), null);
        Check(options => (options.RetentionBytes, options.RollBytes) = (4_096, 4_096), null);
        Check(options => (options.RetentionBytes, options.RollBytes) = (4_096, 4_097), "FileDataBackplaneOptions.RetentionBytes is 4096; it must be at least 4097 (RollBytes), or each file would be deleted when it is finished.");
        Check(options => options.RetentionBytes = (1L << 50) + 1, "FileDataBackplaneOptions.RetentionBytes is 1125899906842625; it must be from 4096 to 1125899906842624.");
        Check(options => options.Durability = (FileDurability)2, "FileDataBackplaneOptions.Durability is 2; it must be one of Process, Disk.");
        Check(options => options.Compression = (FileCompression)(-1), "FileDataBackplaneOptions.Compression is -1; it must be one of None, Gzip.");
        Check(options => options.Layout = (FileLayout)2, "FileDataBackplaneOptions.Layout is 2; it must be one of Flat, Partitioned.");

        void Check(Action<FileDataBackplaneOptions> set, string? message)
        {
            var options = new FileDataBackplaneOptions();
            set(options);
            var result = new FileDataBackplaneOptionsValidator().Validate(null, options);
            Assert.Equal(message is null ? [] : [message], result.Failures ?? []);
            if (message is not null)
            {
                Assert.Contains(message, Assert.Throws<OptionsValidationException>(() => _folder.Open(options)).Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task The_same_folder_is_added_once_with_the_options_of_both_calls_and_another_one_beside_it()
    {
        var services = new ServiceCollection();
        services.AddFileDataBackplane(_folder.Path, options => options.RollBytes = 5_000);
        services.AddFileDataBackplane(_folder.Path + Path.DirectorySeparatorChar, options => options.RollInterval = TimeSpan.FromMinutes(1));
        services.AddFileDataBackplane(_folder.Path + "-2");
        Assert.Equal((5_000, TimeSpan.FromMinutes(1)), Get(services) is var options ? (options.RollBytes, options.RollInterval) : default);
        await using (var provider = services.BuildServiceProvider())
        {
            Assert.Equal(2, provider.GetServices<IDataBackplane>().Count());
        }

        services.RemoveAll<IDataBackplane>();
        services.AddFileDataBackplane(_folder.Path);
        await using (var provider = services.BuildServiceProvider())
        {
            Assert.Single(provider.GetServices<IDataBackplane>());
        }
    }

    [Theory]
    [InlineData("", "/inner", "/inner")]
    [InlineData("/inner", "", "/inner")]
    [InlineData("", "/a/b", "/a/b")]
    public async Task A_folder_inside_that_of_another_destination_stops_the_start(string first, string second, string inner)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddFileDataBackplane(_folder.Path + first);
        builder.Services.AddFileDataBackplane(_folder.Path + second);
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal(
            $"The folder '{_folder.Path}{inner}' of FileDataBackplane is inside '{_folder.Path}', the folder of FileDataBackplane, so a reader of that folder would find the events of both. Give each destination a folder that is not inside that of another one.",
            error.Message);
        Assert.Empty(_folder.Files);
    }

    [Fact]
    public async Task A_destination_that_was_removed_has_no_folder_that_others_must_avoid()
    {
        var services = new ServiceCollection();
        services.AddFileDataBackplane(_folder.Path);
        services.RemoveAll<IDataBackplane>();
        services.AddFileDataBackplane(_folder.Full("inner"));
        services.AddFileDataBackplane(_folder.Full("inner-2"));
        await using var provider = services.BuildServiceProvider();

        Assert.Equal(2, provider.GetServices<IDataBackplane>().Count());
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a\0b")]
    public void What_is_no_path_is_refused(string folder)
    {
        Assert.Equal("folder", Assert.Throws<ArgumentException>(() => new ServiceCollection().AddFileDataBackplane(folder)).ParamName);
        Assert.Equal("folder", Assert.Throws<ArgumentException>(() => new FileDataBackplane(folder)).ParamName);
    }

    [Theory]
    [InlineData(null, "The folder for events is null. ")]
    [InlineData("", "The folder for events is empty. ")]
    [InlineData(" \t", "The folder for events is empty. ")]
    public void A_folder_that_is_empty_is_refused_with_an_example(string? folder, string message)
    {
        const string remedy = "Pass the path of the folder, for example \"data/events\". If it comes from the configuration, set its key there.";
        Assert.StartsWith(message + remedy, Assert.ThrowsAny<ArgumentException>(() => new ServiceCollection().AddFileDataBackplane(folder!)).Message, StringComparison.Ordinal);
        Assert.StartsWith(message + remedy, Assert.ThrowsAny<ArgumentException>(() => new FileDataBackplane(folder!)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/below/it")]
    public async Task A_folder_whose_path_is_a_file_stops_the_start(string below)
    {
        File.WriteAllText(_folder.Path, "");
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddFileDataBackplane(_folder.Path + below);
        using var host = builder.Build();

        var error = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.StartsWith($"'{_folder.Path}' is a file, so no event file can be created in it. Use the path of a folder.", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static ServiceCollection Services(params (string Key, string Value)[] values)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(values.Select(value => KeyValuePair.Create($"DataPlane:Files:{value.Key}", (string?)value.Value))).Build());
        return services;
    }

    private FileDataBackplaneOptions Get(ServiceCollection services)
    {
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptionsMonitor<FileDataBackplaneOptions>>().Get(_folder.Path);
    }
}
