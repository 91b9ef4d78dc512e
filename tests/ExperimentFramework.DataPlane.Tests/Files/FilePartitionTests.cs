using System.Text;

namespace ExperimentFramework.DataPlane.Tests.Files;

/// <summary>Events by experiment and day, whatever the experiments are called and however many there are.</summary>
public sealed class FilePartitionTests : IDisposable
{
    private readonly EventFolder _folder = new();

    public static TheoryData<string> HostileNames { get; } =
    [
        "a/b", "a\\b", "..", ".", "../../etc/passwd", "a:b", "CON", "nul.txt", "trailing.", "trailing ", " leading", "a*b?c\"d<e>f|g", "%", "%2F", "~", "a~b", "=", "experiment=x", "büro-日本-🙂",
        "Checkout", "CHECKOUT", "%4f", "*", "line\nend", "tab\t", "null\0", "", "'quoted'", "$(touch x)", "-rf",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_are_in_the_folder_of_their_experiment_and_their_day_in_UTC()
    {
        await using (var backplane = _folder.Open(new FileDataBackplaneOptions { Layout = FileLayout.Partitioned, Compression = FileCompression.None }))
        {
            var night = new DateTimeOffset(2026, 3, 2, 0, 30, 0, TimeSpan.FromHours(1));
            await backplane.PublishAsync([.. EventFolder.Events(0, 2, "a", night), .. EventFolder.Events(2, 1, "a", night.AddHours(1)), .. EventFolder.Events(3, 1, "b", night)], Token);
        }

        var folders = _folder.Files.ToDictionary(file => Path.GetDirectoryName(file)!.Replace('\\', '/'), file => File.ReadAllLines(_folder.Full(file)).Length);
        Assert.Equal(
            new Dictionary<string, int> { ["experiment=a/date=2026-03-01"] = 2, ["experiment=a/date=2026-03-02"] = 1, ["experiment=b/date=2026-03-01"] = 1 }.OrderBy(folder => folder.Key, StringComparer.Ordinal),
            folders.OrderBy(folder => folder.Key, StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(HostileNames))]
    public async Task Any_name_is_a_legal_folder_name_and_can_be_read_back(string name)
    {
        await using (var backplane = _folder.Open(new FileDataBackplaneOptions { Layout = FileLayout.Partitioned }))
        {
            await backplane.PublishAsync(EventFolder.Events(0, 2, name), Token);
        }

        var file = Assert.Single(_folder.Files);
        var parts = file.Split('/');
        Assert.Equal(3, parts.Length);
        Assert.Matches("^experiment=([a-z0-9._-]|%[0-9A-F]{2})*$", parts[0]);
        Assert.False(parts[0].EndsWith('.'));
        Assert.Equal(name, PartitionName.Unescape(parts[0]["experiment=".Length..]));
        Assert.All(await _folder.ReadAsync(), envelope => Assert.Equal(name, envelope.Payload.ExperimentName));
    }

    [Fact]
    public void Long_names_have_folders_of_their_own_that_file_systems_take()
    {
        string[] names = [new('x', 256), new('x', 255), new string('日', 256), new string('日', 255) + "a", new('x', 200), new('x', 201)];

        var escaped = names.Select(PartitionName.Escape).ToList();

        Assert.Equal(names.Length, escaped.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(escaped, name => Assert.InRange(Encoding.UTF8.GetByteCount("experiment=" + name), 1, 255));
        Assert.Equal(names.Select(name => name.Length == 200 ? name : null), escaped.Select(PartitionName.Unescape));
    }

    /// <summary>Windows and macOS take names that differ only in case for one: there, the file of one partition would replace that of the other.</summary>
    [Fact]
    public async Task Names_that_differ_only_in_case_have_folders_of_their_own_also_where_case_does_not_count()
    {
        string[] names = ["checkout", "Checkout", "CHECKOUT", "checkOut", "Ä", "ä", "%4f", "%4F", "%6F", "O", "o"];
        await using (var backplane = _folder.Open(new FileDataBackplaneOptions { Layout = FileLayout.Partitioned }))
        {
            await backplane.PublishAsync([.. names.Select((name, number) => EventFolder.Events(number, 1, name)[0])], Token);
        }

        Assert.Equal(names.Length, _folder.Files.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.Equal(names.Order(StringComparer.Ordinal), _folder.Files.Select(file => PartitionName.Unescape(file.Split('/')[0]["experiment=".Length..])!).Order(StringComparer.Ordinal));
        Assert.Equal(Enumerable.Range(0, names.Length), (await _folder.ReadNumbersAsync()).Order());
    }

    [Fact]
    public void Different_names_never_have_equal_folders_whatever_their_case()
    {
        const string characters = "aAbBfF%0125 éÉ~.";
        var random = new Random(20261129);
        var names = Enumerable.Range(0, 20_000).Select(_ => new string(random.GetItems<char>(characters, random.Next(1, 6)))).Concat(["", .. Enumerable.Range(190, 20).Select(length => new string('x', length))])
            .SelectMany(name => new[] { name, name.ToUpperInvariant() }).Distinct(StringComparer.Ordinal).ToList();

        Assert.Equal(names.Count, names.Select(PartitionName.Escape).Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(40_000, 2)]
    public void Lines_wait_for_others_of_their_file_up_to_a_limit_and_a_partition_that_returns_is_continued(int length, int writes)
    {
        const int partitions = 200;
        Directory.CreateDirectory(_folder.Path);
        var files = new PartitionFiles(_folder.Path, "x.jsonl.gz", FileCompression.Gzip);
        for (var line = 0; line < 3; line++)
        {
            for (var partition = 0; partition < partitions; partition++)
            {
                files.Append(($"{partition}", new DateOnly(2026, 3, 1)), Encoding.UTF8.GetBytes(new string((char)('a' + line), length)));
            }
        }

        Assert.Equal(writes == 1, _folder.Files.Count == 0);
        files.Write();

        Assert.Equal(partitions, _folder.Files.Count);
        Assert.All(_folder.Files, file =>
        {
            using var content = new MemoryStream(File.ReadAllBytes(_folder.Full(file)));
            Assert.InRange(Members(content.ToArray()), 1, writes);
            using var reader = new StreamReader(new System.IO.Compression.GZipStream(content, System.IO.Compression.CompressionMode.Decompress));
            Assert.Equal(["a", "b", "c"], reader.ReadToEnd().TrimEnd('\n').Split('\n').Select(line => line[..1]));
        });

        // The header of RFC 1952, which the compressed data of so few lines does not contain.
        static int Members(byte[] content) => MemoryExtensions.Count(content, (ReadOnlySpan<byte>)[0x1F, 0x8B, 0x08]);
    }

    [Fact]
    public async Task Lines_that_are_no_events_are_kept_apart()
    {
        Directory.CreateDirectory(_folder.Path);
        const string left = "20260301T110000.0000000Z-0123456789abcdef0123456789abcdef.jsonl";
        string[] bad = ["", "{", "[]", "{}", "null", "\"text\"", """{"timestamp":"2026-03-01T12:00:00Z"}""", """{"timestamp":"yesterday","payload":{"experimentName":"a"}}""", """{"timestamp":"2026-03-01T12:00:00Z","payload":{"experimentName":7}}"""];
        File.WriteAllLines(_folder.Full(left), [.. bad, DataPlaneJson.Serialize(EventFolder.Events(0, 1)[0])]);

        await using (_folder.Open(new FileDataBackplaneOptions { Layout = FileLayout.Partitioned, Compression = FileCompression.None }))
        {
        }

        Assert.Equal(2, _folder.Files.Count);
        Assert.Equal(bad, File.ReadAllLines(_folder.Full("unreadable/" + left)));
    }

    public void Dispose() => _folder.Dispose();
}
