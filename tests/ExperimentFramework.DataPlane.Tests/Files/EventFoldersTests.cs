namespace ExperimentFramework.DataPlane.Tests.Files;

/// <summary>Which files are found below a folder: each once, whatever links and other folders there are.</summary>
public sealed class EventFoldersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _closed = [];

    private IEnumerable<string> Found =>
        EventFolders.Files(_folder.File("events"), "*.jsonl", (folder, _) => _closed.Add(folder)).Select(path => Path.GetRelativePath(_folder.File("events"), path).Replace('\\', '/')).Order(StringComparer.Ordinal);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Files_of_a_folder_and_of_those_below_it_are_found()
    {
        Write("events/a.jsonl", "events/b/c/d.jsonl", "events/b/e.jsonl");

        Assert.Equal(["a.jsonl", "b/c/d.jsonl", "b/e.jsonl"], Found);
    }

    [Fact]
    public void Links_to_what_is_found_anyway_are_not_followed()
    {
        Write("events/2026-03-01/a.jsonl");
        Directory.CreateSymbolicLink(_folder.File("events/1-latest"), "2026-03-01");
        Directory.CreateSymbolicLink(_folder.File("events/2026-03-01/self"), ".");
        Directory.CreateSymbolicLink(_folder.File("events/all"), ".");
        Directory.CreateSymbolicLink(_folder.File("events/nowhere"), "nothing");

        Assert.Equal(["2026-03-01/a.jsonl"], Found);
    }

    [Fact]
    public void Links_to_folders_elsewhere_are_followed_once()
    {
        Write("events/a.jsonl", "host1/sub/b.jsonl");
        Directory.CreateSymbolicLink(_folder.File("events/host1"), _folder.File("host1"));
        Directory.CreateSymbolicLink(_folder.File("events/host2"), _folder.File("host1"));
        Directory.CreateSymbolicLink(_folder.File("host1/back"), _folder.File("events"));

        Assert.Equal(["a.jsonl", "host1/sub/b.jsonl"], Found);
    }

    [Fact]
    public void Relative_links_inside_a_linked_folder_lead_to_where_that_folder_really_is()
    {
        Write("events/archive/a.jsonl", "volume/archive/b.jsonl", "volume/host1/2026-03-01/c.jsonl");
        Directory.CreateSymbolicLink(_folder.File("events/host1"), _folder.File("volume/host1"));
        Directory.CreateSymbolicLink(_folder.File("volume/host1/archive"), "../archive");
        Directory.CreateSymbolicLink(_folder.File("volume/host1/latest"), "2026-03-01");

        Assert.Equal(["archive/a.jsonl", "host1/2026-03-01/c.jsonl", "host1/archive/b.jsonl"], Found);
    }

    [Fact]
    public void A_link_above_the_folder_makes_no_other_folder_of_it()
    {
        Write("volume/events/2026-03-01/a.jsonl");
        Directory.CreateSymbolicLink(_folder.File("data"), _folder.File("volume"));
        Directory.CreateSymbolicLink(_folder.File("events"), "data/events");
        Directory.CreateSymbolicLink(_folder.File("volume/events/latest"), _folder.File("volume/events/2026-03-01"));

        Assert.Equal(["2026-03-01/a.jsonl"], Found);
    }

    [Fact]
    public async Task A_link_over_more_links_than_the_system_follows_is_passed_over_at_once()
    {
        Write("events/a.jsonl", "volume/0/b.jsonl");
        for (var link = 1; link <= 60; link++)
        {
            Directory.CreateSymbolicLink(_folder.File($"volume/{link}"), $"{link - 1}/../{link - 1}");
        }

        Directory.CreateSymbolicLink(_folder.File("events/few"), "../volume/3");
        Directory.CreateSymbolicLink(_folder.File("events/many"), "../volume/60");

        Assert.Equal(["a.jsonl", "few/b.jsonl"], await Task.Run(() => Found.ToArray()).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Links_that_lead_to_each_other_are_passed_over()
    {
        Write("events/a.jsonl");
        Directory.CreateSymbolicLink(_folder.File("events/b"), "c");
        Directory.CreateSymbolicLink(_folder.File("events/c"), "b");

        Assert.Equal(["a.jsonl"], Found);
    }

    [Fact]
    public void A_folder_that_is_a_link_itself_is_read()
    {
        Write("volume/a.jsonl");
        Directory.CreateSymbolicLink(_folder.File("events"), _folder.File("volume"));
        Directory.CreateSymbolicLink(_folder.File("volume/again"), _folder.File("volume"));

        Assert.Equal(["a.jsonl"], Found);
    }

    [Fact]
    public void What_a_volume_lost_and_what_is_being_written_is_passed_over()
    {
        Write("events/a.jsonl", "events/lost+found/b.jsonl", "events/archive.1772366400000-17.tmp/exposures/c.jsonl");

        Assert.Equal(["a.jsonl"], Found);
    }

    [Fact]
    public void A_folder_that_may_not_be_looked_into_is_reported_and_the_others_are_read()
    {
        if (OperatingSystem.IsWindows() || Environment.UserName == "root")
        {
            Assert.Skip("This user may read everything.");
            return;
        }

        Write("events/a.jsonl", "events/private/b.jsonl", "events/c/d.jsonl");
        File.SetUnixFileMode(_folder.File("events/private"), UnixFileMode.None);
        try
        {
            Assert.Equal(["a.jsonl", "c/d.jsonl"], Found);
            Assert.Equal([_folder.File("events/private")], _closed);
            Assert.Throws<UnauthorizedAccessException>(() => EventFolders.Files(_folder.File("events"), "*").Count());
        }
        finally
        {
            File.SetUnixFileMode(_folder.File("events/private"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private void Write(params string[] files)
    {
        foreach (var file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(file))!);
            File.WriteAllText(_folder.File(file), "");
        }
    }
}
