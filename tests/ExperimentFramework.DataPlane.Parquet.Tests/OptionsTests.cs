using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Parquet.Tests;

/// <summary>Registration, options and the start.</summary>
public sealed class OptionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<Action<ParquetDataBackplaneOptions>, string> Invalid => new()
    {
        { options => options.RollBytes = 65_535, "ParquetDataBackplaneOptions.RollBytes is 65535; it must be from 65536 to 1073741824." },
        { options => options.RollBytes = 1_073_741_825, "ParquetDataBackplaneOptions.RollBytes is 1073741825; it must be from 65536 to 1073741824." },
        { options => options.RollInterval = TimeSpan.FromMilliseconds(999), "ParquetDataBackplaneOptions.RollInterval is 00:00:00.9990000; it must be from 1 s to 7 days." },
        { options => options.RowGroupRows = 32_767, "ParquetDataBackplaneOptions.RowGroupRows is 32767; it must be from 32768 to 131072." },
        { options => options.RowGroupRows = 131_073, "ParquetDataBackplaneOptions.RowGroupRows is 131073; it must be from 32768 to 131072." },
        { options => options.Layout = (FileLayout)7, "ParquetDataBackplaneOptions.Layout is 7; it must be one of Flat, Partitioned." },
        { options => options.Durability = (FileDurability)7, "ParquetDataBackplaneOptions.Durability is 7; it must be one of Process, Disk." },
        { options => options.AttributeColumns["a"] = (ParquetAttributeType)7, "ParquetDataBackplaneOptions.AttributeColumns[\"a\"] is 7; it must be one of Text, Number, WholeNumber, Boolean, Time." },
        { options => options.AttributeColumns[" "] = ParquetAttributeType.Text, "ParquetDataBackplaneOptions.AttributeColumns has an attribute without a name; name the attribute whose values get a column." },
        {
            options => (options.AttributeColumns["country"], options.AttributeColumns["Country"]) = (ParquetAttributeType.Text, ParquetAttributeType.Text),
            "ParquetDataBackplaneOptions.AttributeColumns has the attributes Country and country, whose names differ only in case: queries take their columns for one. Give one of them a column."
        },
        {
            options => options.AttributeColumns["types"] = ParquetAttributeType.Text,
            "ParquetDataBackplaneOptions.AttributeColumns has the attribute types, whose column attribute_types would be one of the table's own: what is written could not be read. Leave it in the map, or rename the attribute."
        },
        {
            options => options.AttributeColumns["Types"] = ParquetAttributeType.Number,
            "ParquetDataBackplaneOptions.AttributeColumns has the attribute Types, whose column attribute_Types would be one of the table's own: what is written could not be read. Leave it in the map, or rename the attribute."
        },
    };

    [Theory]
    [MemberData(nameof(Invalid), DisableDiscoveryEnumeration = true)]
    public async Task An_option_out_of_its_range_stops_the_start(Action<ParquetDataBackplaneOptions> configure, string message)
    {
        using var host = Host(services => services.AddParquetDataBackplane(_folder.Path, configure));

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal([message], exception.Failures);
    }

    [Fact]
    public void One_column_of_the_tables_looks_like_that_of_an_attribute()
    {
        using var tables = new EventTables();

        Assert.Equal(
            ["attribute_types"],
            tables.All.SelectMany(table => table.Columns).Select(column => column.Name).Where(name => name.StartsWith(AttributeColumnNames.Prefix, StringComparison.OrdinalIgnoreCase)).Distinct());
    }

    [Fact]
    public async Task Options_come_from_the_configuration_and_code_precedes_it()
    {
        using var host = Host(
            services => services.AddParquetDataBackplane(_folder.Path, options => options.RowGroupRows = 40_000),
            ("DataPlane:Parquet:RowGroupRows", "50000"), ("DataPlane:Parquet:RollInterval", "00:02:00"), ("DataPlane:Parquet:Layout", "Partitioned"), ("DataPlane:Parquet:AttributeColumns:country", "Text"));

        await host.StartAsync(TestContext.Current.CancellationToken);

        var options = host.Services.GetRequiredService<IOptionsMonitor<ParquetDataBackplaneOptions>>().Get(_folder.Path);
        Assert.Equal((40_000, TimeSpan.FromMinutes(2), FileLayout.Partitioned, ParquetAttributeType.Text), (options.RowGroupRows, options.RollInterval, options.Layout, options.AttributeColumns["country"]));
    }

    [Theory]
    [InlineData("DataPlane:Parquet:RowGroup", "50000", "DataPlane:Parquet:RowGroup' is unknown")]
    [InlineData("DataPlane:Parquet:Layout", "Hive", "Configuration value 'DataPlane:Parquet:Layout' is 'Hive'; it must be one of Flat, Partitioned.")]
    [InlineData("DataPlane:Parquet:Durability", "Drive", "Configuration value 'DataPlane:Parquet:Durability' is 'Drive'; it must be one of Process, Disk.")]
    [InlineData("DataPlane:Parquet:AttributeColumns:country", "String", "Configuration value 'DataPlane:Parquet:AttributeColumns:country' is 'String'; it must be one of Text, Number, WholeNumber, Boolean, Time.")]
    [InlineData("DataPlane:Parquet:RollInterval", "5", "DataPlane:Parquet:RollInterval")]
    [InlineData("DataPlane:Parquet:RollBytes", "48MiB", "Configuration value 'DataPlane:Parquet:RollBytes' is '48MiB'; it must be a number of bytes without a unit: 50331648.")]
    [InlineData("DataPlane:Parquet:RowGroupRows", "1", "Configuration value 'DataPlane:Parquet:RowGroupRows' is 1; it must be from ")]
    public async Task A_configuration_that_is_not_understood_stops_the_start(string key, string value, string message)
    {
        using var host = Host(services => services.AddParquetDataBackplane(_folder.Path), (key, value));

        var exception = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "journal", "is inside '{0}', the folder of ParquetDataBackplane")]
    [InlineData("", "", "is also the folder of FileDataBackplane")]
    public async Task A_folder_that_another_destination_has_stops_the_start(string parquet, string files, string message)
    {
        using var host = Host(services => services.AddParquetDataBackplane(Path.Join(_folder.Path, parquet)).AddFileDataBackplane(Path.Join(_folder.Path, files)));

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains(string.Format(System.Globalization.CultureInfo.InvariantCulture, message, _folder.Path), exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("journal")]
    public async Task A_folder_whose_path_is_a_file_stops_the_start(string file)
    {
        var folder = _folder.File("events");
        if (file.Length > 0)
        {
            Directory.CreateDirectory(folder);
        }

        var path = Path.TrimEndingDirectorySeparator(Path.Combine(folder, file));
        File.WriteAllText(path, "");
        using var host = Host(services => services.AddParquetDataBackplane(folder));

        var exception = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.StartsWith($"'{path}' is a file, so no event file can be created in it. Use the path of a folder.", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "The folder for events is null. Pass the path of the folder, for example \"data/events\".")]
    [InlineData(" ", "The folder for events is empty. Pass the path of the folder, for example \"data/events\".")]
    public void A_folder_that_is_empty_is_refused_with_an_example(string? folder, string message) =>
        Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(() => new ServiceCollection().AddParquetDataBackplane(folder!)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Events_of_an_application_are_in_the_journal_when_its_host_has_stopped_and_in_Parquet_when_it_is_disposed()
    {
        using (var host = Host(services => services.AddParquetDataBackplane(_folder.Path).AddParquetDataBackplane(_folder.Path)))
        {
            await host.StartAsync(TestContext.Current.CancellationToken);
            await host.Services.GetRequiredService<IEventPublisher>().PublishAsync(SampleEvents.Metric, TestContext.Current.CancellationToken);
            await host.StopAsync(TestContext.Current.CancellationToken);
            Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*.parquet", SearchOption.AllDirectories));
            Assert.Single(Directory.EnumerateFiles(_folder.File("journal"), "*.jsonl.open"));
            await ((IAsyncDisposable)host).DisposeAsync();
        }

        Assert.Single((await WrittenEvents.ReadAsync(_folder.Path)).Select(envelope => envelope.Payload).OfType<MetricEvent>());
    }

    [Fact]
    public void Where_the_native_library_cannot_be_loaded_the_start_says_what_to_use_instead()
    {
        var exception = Assert.Throws<PlatformNotSupportedException>(() => NativeLibraryCheck.Require(
            () => throw new TypeInitializationException("ParquetSharp.Native", new DllNotFoundException("Error relocating ParquetSharpNative.so: symbol not found."))));

        Assert.Contains("Error relocating ParquetSharpNative.so: symbol not found", exception.Message, StringComparison.Ordinal);
        Assert.Contains("not for Alpine Linux (musl)", exception.Message, StringComparison.Ordinal);
        Assert.Contains("AddFileDataBackplane", exception.Message, StringComparison.Ordinal);
        NativeLibraryCheck.Require();
    }

    private static IHost Host(Action<IServiceCollection> register, params (string Key, string Value)[] configuration)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(configuration.Select(entry => KeyValuePair.Create(entry.Key, (string?)entry.Value)));
        register(builder.Services);
        return builder.Build();
    }
}
