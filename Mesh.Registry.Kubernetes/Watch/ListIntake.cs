using System.Text.Json;
using Mesh.Decoding;

namespace Mesh.Watch;

/// <summary>Takes the items of a list to the consumer as they arrive.</summary>
internal sealed class ListIntake<T>(IWatchConsumer<T> consumer, StateBudget budget, int maxObjectBytes)
{
    /// <summary>Takes one page, and returns what it says beside its items.</summary>
    /// <exception cref="JsonException">It is no whole list in JSON.</exception>
    /// <exception cref="ProtobufException">It is no whole list in protobuf.</exception>
    /// <exception cref="StateTooLargeException">There is more of it than is taken.</exception>
    public async ValueTask<ListMetadata> TakeAsync(ResourceFormat<T> format, Stream body, ReadGuard guard)
    {
        using var reader = format.OpenList(body, maxObjectBytes);
        do
        {
            guard.Restart();
            TakeItems(format, reader);
        }
        while (await reader.FillAsync(guard.Token).ConfigureAwait(false));
        return reader.Metadata();
    }

    private void TakeItems(ResourceFormat<T> format, IListReader reader)
    {
        while (true)
        {
            switch (reader.TryRead(out var item))
            {
                case ObjectRead.Value:
                    Count(item.Length);
                    Take(format, item);
                    break;
                case ObjectRead.TooLarge:
                    Count(0);
                    consumer.Skip(reader.TooLarge, $"it is larger than {maxObjectBytes} bytes");
                    break;
                case ObjectRead.Broken:
                    throw new JsonException("The list is malformed.");
                default:
                    return;
            }
        }
    }

    private void Count(int bytes)
    {
        if (budget.Take(bytes) is { } exceeded) throw new StateTooLargeException(exceeded);
    }

    private void Take(ResourceFormat<T> format, ReadOnlySpan<byte> item)
    {
        T decoded;
        try
        {
            decoded = format.Decode(item);
        }
        catch (Exception e) when (format.IsMalformed(e))
        {
            consumer.Skip(format.IdentityOfItem(item), Malformed.Text(e));
            return;
        }

        consumer.InitApply(decoded);
    }
}
