using System.Diagnostics;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Events;

/// <summary>A full disk of the server: what was committed is there, nothing else is, and everything is once there is space.</summary>
public sealed class DiskFullTests
{
    [Fact]
    public async Task Events_that_a_full_disk_refuses_are_stored_once_when_it_has_space()
    {
        var folder = Directory.CreateTempSubdirectory("dataplane-full-").FullName;
        try
        {
            Assert.SkipUnless(
                Environment.IsPrivilegedProcess && await RunAsync("mount", "-t", "tmpfs", "-o", "size=16m,mode=0777", "tmpfs", folder) == 0,
                "A small file system cannot be mounted here: that needs root and the right to mount.");
            try
            {
                await WriteAsync(folder);
            }
            finally
            {
                await RunAsync("umount", "--lazy", folder);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task WriteAsync(string folder)
    {
        await using var server = await PostgreSqlServer.StartAsync();
        Directory.CreateDirectory(Path.Combine(folder, "space"));
        await RunAsync("chown", "postgres", Path.Combine(folder, "space"));
        await server.PsqlAsync("postgres", $"CREATE TABLESPACE small LOCATION '{folder}/space'");
        await server.PsqlAsync("postgres", "CREATE DATABASE small TABLESPACE small");

        // The pages of a new database are written later, and would find the disk full.
        await server.PsqlAsync("postgres", "CHECKPOINT");
        await using var source = Npgsql.NpgsqlDataSource.Create(server.ConnectionString("small"));
        await using var backplane = new PostgreSqlDataBackplane(source, new PostgreSqlDataBackplaneOptions { PartitionsAhead = 1 });
        var stored = 0;
        BatchResult result;
        do
        {
            result = await backplane.PublishAsync(TestEvents.Exposures(2_000, first: stored), TestContext.Current.CancellationToken);
            stored += result.Error is null ? 2_000 : 0;
        }
        while (result.Error is null && stored < 200_000);

        Assert.Equal(
            $"The disk of the PostgreSQL server is full. Free space, or shorten Retention (localhost:{server.Port}, database 'small', role 'postgres', SQLSTATE 53100).", result.Error?.Message);
        Assert.All(result.Statuses(2_000), status => Assert.Equal(DeliveryStatus.TransientFailure, status));
        Assert.InRange(stored, 2_000, 198_000);
        Assert.Equal([$"{stored}"], await server.PsqlAsync("small", "SELECT count(*) FROM dataplane.exposures"));

        Assert.Equal(0, await RunAsync("mount", "-o", "remount,size=64m", folder));
        await backplane.DeliveredAsync(TestEvents.Exposures(2_000, first: stored));
        Assert.Equal([$"{stored + 2_000}|{stored + 2_000}"], await server.PsqlAsync("small", "SELECT count(*), count(DISTINCT event_id) FROM dataplane.exposures"));
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
