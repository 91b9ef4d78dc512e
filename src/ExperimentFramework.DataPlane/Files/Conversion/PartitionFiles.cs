using System.Runtime.ExceptionServices;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The files of partitions while they are written. However many there are, only a few are open at a time: the least recently used one is closed, and continued
/// when its partition returns.
/// </summary>
/// <param name="folder">The folder of all partitions.</param>
/// <param name="fileName">The name of each file.</param>
/// <param name="compression">How they are compressed.</param>
internal sealed class PartitionFiles(string folder, string fileName, FileCompression compression) : IDisposable
{
    public const int MaxOpen = 64;

    private readonly Dictionary<(string Experiment, DateOnly Date), LinkedListNode<PartitionFile>> _open = [];
    private readonly LinkedList<PartitionFile> _byUse = new();
    private PartitionFile? _unreadable;

    /// <summary>Appends a line to the file of its partition, or to a separate file if it has no partition.</summary>
    public void Append((string Experiment, DateOnly Date)? partition, ReadOnlySpan<byte> line)
    {
        var file = partition is { } key ? FileOf(key) : _unreadable ??= Open(default, PartitionName.Unreadable);
        file.Append(line);
    }

    /// <summary>Completes and closes the files.</summary>
    /// <exception cref="IOException">A file could not be completed, for example because the disk is full. All are closed.</exception>
    public void Dispose()
    {
        PartitionFile[] files = _unreadable is null ? [.. _byUse] : [.. _byUse, _unreadable];
        _byUse.Clear();
        _open.Clear();
        _unreadable = null;
        Exception? failure = null;
        foreach (var file in files)
        {
            try
            {
                file.Dispose();
            }
            catch (Exception exception)
            {
                // The space of a deleted file that is still open is not free.
                failure ??= exception;
            }
        }

        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private PartitionFile FileOf((string Experiment, DateOnly Date) key)
    {
        if (_open.TryGetValue(key, out var node))
        {
            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value;
        }

        if (_open.Count == MaxOpen)
        {
            var oldest = _byUse.Last!.Value;
            _byUse.RemoveLast();
            _open.Remove(oldest.Key);
            oldest.Dispose();
        }

        node = _byUse.AddFirst(Open(key, PartitionName.Of(key.Experiment, key.Date)));
        _open.Add(key, node);
        return node.Value;
    }

    private PartitionFile Open((string Experiment, DateOnly Date) key, string name)
    {
        var path = Path.Combine(folder, name);
        OwnerOnly.CreateFolder(path);
        return new PartitionFile(key, Path.Combine(path, fileName), compression);
    }
}
